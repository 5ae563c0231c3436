import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { arrangeShards } from "../../../../src/queue/postgres/index.js"
import { slotOfBot } from "../../../../src/queue/postgres/shards/slots.js"
import { QueueProbe } from "../../../../src/testing/queue-probe.js"
import type { PostgresServer } from "../../../support/postgres-server.js"
import { withPostgres } from "../../../support/postgres-stage.js"
import { RecordingLogger } from "../../../support/recording-logger.js"
import { shardStageOfFile } from "../../../support/shard-stage.js"
import { countKey, ShardLoad } from "./shard-load.js"

describe("a shard that is away", withPostgres, () => {
  const stage = shardStageOfFile()

  /** Returns whether a bot of a new queue is on the shard `one`: slots are shared out in turn. */
  const isOnOne = (botId: number) => slotOfBot(botId) % 2 === 0
  const [here, away] = [
    [1, 2, 3, 4, 5].find(isOnOne) ?? 0,
    [1, 2, 3, 4, 5].find((botId) => !isOnOne(botId)) ?? 0,
  ]

  test.each([
    {
      fault: "killed and started again",
      begin: (two: PostgresServer) => two.stop("immediate"),
      end: (two: PostgresServer) => two.start(),
    },
    {
      fault: "frozen for a while",
      begin: async (two: PostgresServer) => two.freeze(),
      end: async (two: PostgresServer) => two.thaw(),
    },
  ])(
    "because it is $fault, delays its own bots only; afterwards nothing is lost, repeated or out of order",
    { timeout: 300_000 },
    async ({ begin, end }) => {
      const timeoutMs = 3_000
      await using queue = stage.open({ timeoutMs, leaseMs: 60_000 })
      await queue.probe()
      const [, two] = stage.servers
      if (!two) throw new Error("There are no servers")
      using load = new ShardLoad(20)
      load.send(queue)
      // More workers than bots, so that deliveries which cannot end occupy some of the workers only.
      load.work(queue, 24)
      const [ofOne, ofTwo] = [load.bots.filter(isOnOne), load.bots.filter((id) => !isOnOne(id))]
      await load.untilHandled(load.bots, 10)
      await begin(two)
      try {
        // The puts that were under way have been refused.
        await sleep(timeoutMs + 1_000)
        const stored = ofTwo.map((botId) => load.acknowledged.get(botId)?.length)
        await load.untilHandled(ofOne, 10)
        expect(ofTwo.map((botId) => load.acknowledged.get(botId)?.length)).toEqual(stored)
        // A receiver is ready as long as a shard can store updates.
        await queue.probe()
      } finally {
        await end(two)
      }
      await load.untilHandled(ofTwo, 10)
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

  test.each([
    ["the first start of a queue", undefined],
    ["the first start after an upgrade", 0],
  ])("at %s: the queue is arranged when the shard is back", async (_, version) => {
    const schema = stage.newSchema()
    const [one, two] = stage.servers
    if (version !== undefined) {
      await arrangeShards(stage.shards, { schema })
      await one?.ask(`UPDATE ${schema}.shard SET version = ${version}`)
    }
    await two?.stop("fast")
    const logger = new RecordingLogger()
    await using queue = stage.open({ schema, timeoutMs: 1_000, logger })
    const probe = new QueueProbe(queue)
    const taken = probe.take()
    const refused = probe.put(7, 1, away)
    await refused.settled
    expect(refused.state).toMatchObject({ code: "slot-away" })
    await two?.start()
    for (;;) {
      const again = probe.put(7, 2, away)
      await again.settled
      if (again.state === "forgotten") break
      await sleep(100)
    }
    await (await taken).done()
    expect(logger.errors.join()).not.toMatch(/no shard yet|another version/)
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
