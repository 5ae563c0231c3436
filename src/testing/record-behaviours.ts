import assert from "node:assert/strict"
import type { BotRecords, StateWrite } from "../queue/index.js"
import { pause, type ProbedBehaviours, type QueueProbe } from "./queue-probe.js"
import { storeOf, writeOfBots } from "./state-behaviours.js"
import { delayOfWrites } from "./delay-of-writes.js"

/** The ids of the bots. */
const [bot, other] = [1, 2] as const
/** The least delay of a timer that is deleted before its time, in milliseconds. */
const dueInMs = 1_500

/** The behaviours of the counts and deletions for single bots. */
export const recordBehaviours: ProbedBehaviours = {
  "the depth of a bot counts its updates that wait or are in workers' hands": async (probe) => {
    const records = recordsOf(probe)
    const puts = [probe.put(7, 1), probe.put(7, 2), probe.put(8, 3), probe.put(7, 4, other)]
    const first = await probe.take()
    await untilDepths(probe, [3, 1, 0])
    await first.done()
    for (let ended = 1; ended < puts.length; ended += 1) await (await probe.take()).done()
    assert.deepEqual(await records.depths([bot, other]), [0, 0])
    assert.deepEqual(await records.depths([]), [])
  },

  "a deletion removes the timers and the values of one bot, and no updates": async (probe) => {
    const delayMs = await delayOfWrites(storeOf(probe), dueInMs)
    const dueAt = Date.now() + delayMs
    await writeOfBots(
      probe,
      [bot, other].map((botId) => writesOf(botId, dueAt)),
    )
    const put = probe.put(7, 1)
    await untilDepths(probe, [1, 0])
    await recordsOf(probe).delete(bot)
    await (await probe.takeUpdate(put)).done()
    const keys = [bot, other].map(keyOf)
    const entries = await storeOf(probe).read(keys)
    assert.deepEqual(
      entries.map((entry) => entry?.json),
      [undefined, "1"],
    )
    const due = await probe.take()
    assert.equal(due.botId, other)
    await due.done()
    await probe.expectNothing()
    await storeOf(probe).write([{ kind: "set", key: keyOf(bot), json: "2", ifVersion: 0 }])
    assert.equal((await storeOf(probe).read([keyOf(bot)]))[0]?.json, "2")
  },
}

function recordsOf({ queue }: QueueProbe): BotRecords {
  assert.ok(queue.records, "Expected the queue to have records")
  return queue.records
}

/** Waits until the puts are stored. */
async function untilDepths(probe: QueueProbe, expected: readonly number[]): Promise<void> {
  const ids = expected.map((_, index) => index + 1)
  const endMs = performance.now() + 10_000
  for (;;) {
    const depths = await recordsOf(probe).depths(ids)
    if (String(depths) === String(expected)) return
    if (performance.now() > endMs) assert.deepEqual(depths, expected)
    await pause(5)
  }
}

function keyOf(botId: number) {
  return { botId, space: "records", key: "value" }
}

function writesOf(botId: number, dueAt: number): StateWrite[] {
  const put = { kind: "put", botId, own: { name: "due", lane: "timer" } } as const
  const unnamed = botId === bot ? [{ ...put, dueAt }] : []
  return [
    { kind: "set", key: keyOf(botId), json: "1" },
    { ...put, dueAt, timer: "named" },
    ...unnamed,
  ]
}
