import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { slotOfBot } from "../../../../src/queue/postgres/shards/slots.js"
import { QueueProbe } from "../../../../src/testing/queue-probe.js"
import { withPostgres } from "../../../support/postgres-stage.js"
import { RecordingLogger } from "../../../support/recording-logger.js"
import { shardStageOfFile } from "../../../support/shard-stage.js"
import { untilTrue } from "../../../support/waiting.js"
import { countKey, ShardLoad } from "./shard-load.js"

describe("a shard that is away", withPostgres, () => {
  const stage = shardStageOfFile()

  /** Returns whether a bot of a new queue is on the shard `one`: slots are shared out in turn. */
  const isOnOne = (botId: number) => slotOfBot(botId) % 2 === 0

  test(
    "delays its own bots only; afterwards nothing is lost, repeated or out of order",
    { timeout: 300_000 },
    async () => {
      await using queue = stage.open({ leaseMs: 60_000 })
      await queue.probe()
      using load = new ShardLoad(20)
      load.send(queue)
      load.work(queue, 8)
      await sleep(500)
      const [, two] = stage.servers
      await two?.stop("immediate")
      // The deliveries of the shard that was stopped have ended, or end when it is back.
      await sleep(1_500)
      const before = new Map(load.bots.map((botId) => [botId, load.handled(botId)]))
      const goesOn = (botId: number) => load.handled(botId) > (before.get(botId) ?? 0)
      await untilTrue(() => load.bots.filter(isOnOne).every(goesOn))
      // A receiver is ready as long as a shard can store updates.
      await queue.probe()
      await two?.start()
      await sleep(1_000)
      await load.finish(queue)
      for (const botId of load.bots) {
        const begun = load.begun.get(botId) ?? []
        // Only an update that was in hand when the server stopped may begin twice.
        const repeats = begun.length - new Set(begun).size
        expect(repeats, `bot ${botId}`).toBeLessThanOrEqual(isOnOne(botId) ? 0 : 1)
        expect([...new Set(begun)]).toEqual(load.acknowledged.get(botId))
        expect(begun).toEqual(begun.toSorted((one, other) => one - other))
        const [entry] = (await queue.state?.read([countKey(botId)])) ?? []
        expect(Number(entry?.json)).toBe(load.acknowledged.get(botId)?.length)
      }
    },
  )

  test("at the first start of a queue: the queue is arranged when the shard is back", async () => {
    const [, two] = stage.servers
    await two?.stop("fast")
    const logger = new RecordingLogger()
    await using queue = stage.open({ timeoutMs: 1_000, logger })
    const probe = new QueueProbe(queue)
    const taken = probe.take()
    const refused = probe.put(7, 1, 1)
    await refused.settled
    expect(refused.state).toMatchObject({ code: "slot-away" })
    await two?.start()
    for (;;) {
      const again = probe.put(7, 2, 1)
      await again.settled
      if (again.state === "forgotten") break
      await sleep(100)
    }
    await (await taken).done()
    expect(logger.errors.join()).not.toMatch(/no shard yet/)
  })

  test("at the start of a process: the updates of its bots are refused until it is back", async () => {
    const schema = stage.newSchema()
    const first = stage.open({ schema })
    await first.probe()
    await first[Symbol.asyncDispose]()
    const [, two] = stage.servers
    await two?.stop("fast")
    await using queue = stage.open({ schema, timeoutMs: 1_000 })
    const probe = new QueueProbe(queue)
    const [here, away] = [
      [1, 2, 3, 4, 5].find(isOnOne) ?? 0,
      [1, 2, 3, 4, 5].find((botId) => !isOnOne(botId)) ?? 0,
    ]
    const refused = probe.put(7, 1, away)
    await refused.settled
    expect(refused.state).toMatchObject({ code: "slot-away" })
    expect(String(refused.state)).toMatch(/may be on two, which cannot be reached/)
    await (await probe.takeUpdate(probe.put(7, 1, here))).done()
    await two?.start()
    for (;;) {
      const again = probe.put(7, 2, away)
      await again.settled
      if (again.state === "forgotten") break
      await sleep(100)
    }
    expect((await probe.take()).botId).toBe(away)
  })
})
