import { describe, expect, test } from "vitest"
import { updateQueueBehaviours } from "../../../../src/testing/index.js"
import { QueueProbe } from "../../../../src/testing/queue-probe.js"
import { withPostgres } from "../../../support/postgres-stage.js"
import { shardStageOfFile } from "../../../support/shard-stage.js"

const capacity = 150
// The test is about the behaviour; durability is the subject of other tests.
const stage = shardStageOfFile(["fsync=off"])

describe("ShardedQueue of two servers", withPostgres, () => {
  const behaviours = updateQueueBehaviours(() => stage.openEmpty({ capacity }), {
    capacity,
    isDurable: true,
    hasState: true,
    hasTimers: true,
    hasRecords: true,
    hasShards: true,
    openLimited: (perBot) => stage.openEmpty({ perBot }),
    openTwo: async () => {
      const { one, two } = stage.shards
      const shards = {
        one: { ...one, listen: one?.pool },
        two: { ...two, listen: two?.pool },
      } as typeof stage.shards
      const schema = stage.newSchema()
      const first = stage.open({ schema, shards })
      await first.probe()
      return [first, stage.open({ schema, shards, migrate: false })]
    },
  })
  for (const { name, run } of behaviours) test(name, run)
})

/** The sentences about the order of different lanes. The order holds for the lanes of a shard, and not between shards. */
const ofOneShard = new Set([
  "workers have updates of different lanes at the same time",
  "the lane with the oldest first update is taken first",
])

describe("ShardedQueue of two servers whose lanes are spread", withPostgres, () => {
  const open = () => stage.openEmpty({ by: "lane" })
  const behaviours = updateQueueBehaviours(open, { isDurable: true })
  for (const { name, run } of behaviours.filter((one) => !ofOneShard.has(one.name))) test(name, run)

  test("workers have updates of different lanes at the same time, in any order", async () => {
    await using queue = await open()
    const probe = new QueueProbe(queue)
    const puts = [probe.put(1), probe.put(2), probe.put(3)]
    const ids = []
    for (const _ of puts) ids.push((await probe.take()).update.update_id)
    expect(new Set(ids)).toEqual(new Set(puts.map(({ updateId }) => updateId)))
  })
})
