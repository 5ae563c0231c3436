import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { Simulator } from "@sounder/simulator"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import { MemoryBotStore } from "../../src/fleet/store/index.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"

const queues: readonly (readonly [string, () => UpdateQueue])[] = [
  ["memory", () => new MemoryQueue({ holdMs: 10 })],
  ["SQLite", () => new SqliteQueue({ path: join(temporaryFolder(), "updates.db") })],
]

/** A fleet that polls for two bots, whose handlers wait until `release` is called. */
async function stage(newQueue: () => UpdateQueue, options: FleetOptions = {}) {
  const telegram = await Simulator.start()
  const queue = newQueue()
  const logger = new RecordingLogger()
  const botOptions = { apiRoot: telegram.apiRoot }
  const fleet = new Fleet({ botOptions, logger, queue, ...options })
  const handled: string[] = []
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  fleet.dispatcher.use(async (ctx) => {
    handled.push(`${ctx.bot.id} ${ctx.message?.text ?? ctx.update.update_id}`)
    if (ctx.message?.text === "wait") await released
    ctx.state.set("notes", "last", ctx.message?.text)
  })
  onTestFinished(async () => {
    release()
    await fleet.stop({ deadlineMs: 100 })
    await fleet[Symbol.asyncDispose]()
    await queue[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
  })
  const [gone, kept] = [telegram.bot(), telegram.bot()]
  await fleet.add(gone.token)
  await fleet.add(kept.token)
  await fleet.startPolling()
  const ada = telegram.user()
  return { telegram, queue, fleet, handled, release, gone, kept, ada, logger }
}

/** Writes a value and a timer of a bot. */
function writeData(queue: UpdateQueue, botId: number) {
  const own = { name: "due", lane: "jobs" }
  return queue.state?.write([
    { kind: "set", key: { botId, space: "notes", key: "x" }, json: "1" },
    { kind: "put", botId, own, dueAt: Date.now() + 600_000, timer: "job" },
  ])
}

async function valuesOf(queue: UpdateQueue, botId: number) {
  const keys = ["x", "last"].map((key) => ({ botId, space: "notes", key }))
  return (await queue.state?.read(keys))?.map((entry) => entry?.json)
}

test.each(queues)(
  "a removal deletes the waiting updates, the timers and the values of the bot: %s",
  async (_, newQueue) => {
    const { queue, fleet, handled, release, gone, kept, ada } = await stage(newQueue)
    for (const account of [gone, kept]) {
      await writeData(queue, account.id)
      for (const text of ["wait", "second", "third"]) await ada.send(account, text)
    }
    await untilTrue(async () => String(await queue.records?.depths([gone.id, kept.id])) === "3,3")
    const removed = fleet.remove(gone.id, { deleteData: true })
    await untilTrue(() => fleet.bots.length === 1)
    release()
    expect(await removed).toBe(true)
    await untilTrue(() => handled.includes(`${kept.id} third`))
    expect(handled.filter((line) => line.startsWith(String(gone.id)))).toEqual([`${gone.id} wait`])
    expect(await valuesOf(queue, gone.id)).toEqual([undefined, undefined])
    await untilTrue(async () => String(await valuesOf(queue, kept.id)) === '1,"third"')
    expect(await queue.records?.depths([gone.id])).toEqual([0])
  },
)

test("an update that arrives after the removal is dropped, until the bot is added again", async () => {
  const { queue, fleet, handled, release, gone, ada } = await stage(() => new MemoryQueue())
  release()
  await fleet.remove(gone.id, { deleteData: true })
  const chat = { id: 5, type: "private" as const, first_name: "Eve" }
  const from = { id: 5, is_bot: false, first_name: "Eve" }
  const message = { message_id: 1, date: 0, chat, from, text: "late" }
  await queue.put({ botId: gone.id, update: { update_id: 900, message } })
  await fleet.add(gone.token)
  await ada.send(gone, "again")
  await untilTrue(() => handled.includes(`${gone.id} again`))
  expect(handled).not.toContain(`${gone.id} late`)
})

test("the leader of a fleet with a store deletes the data, and then forgets the bot", async () => {
  const store = new MemoryBotStore()
  const { queue, fleet, release, gone, kept, ada, logger } = await stage(() => new MemoryQueue(), {
    store,
  })
  await writeData(queue, gone.id)
  await writeData(queue, kept.id)
  await ada.send(gone, "wait")
  await untilTrue(async () => String(await queue.records?.depths([gone.id])) === "1")
  expect(await fleet.remove(gone.id, { deleteData: true })).toBe(true)
  expect(await store.get(gone.id)).toMatchObject({ state: "leaving", deletesData: true })
  release()
  await untilTrue(async () => (await store.get(gone.id)) === undefined)
  expect(await valuesOf(queue, gone.id)).toEqual([undefined, undefined])
  expect(await valuesOf(queue, kept.id)).toEqual(["1", undefined])
  expect(logger.errors).toEqual([])
})

test("data can be deleted while the fleet runs, and by a queue that supports it", async () => {
  const fleet = new Fleet()
  await expect(fleet.remove(7, { deleteData: true })).rejects.toMatchObject({ code: "not-running" })
  const queue = { put: async () => {}, take: () => new Promise(() => {}) }
  const other = new Fleet({ queue: queue as never })
  await expect(other.remove(7, { deleteData: true })).rejects.toThrow("with the member `records`")
  expect(await fleet.remove(7)).toBe(false)
})
