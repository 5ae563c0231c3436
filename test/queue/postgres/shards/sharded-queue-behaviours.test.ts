import { describe, test } from "vitest"
import { updateQueueBehaviours } from "../../../../src/testing/index.js"
import { withPostgres } from "../../../support/postgres-stage.js"
import { shardStageOfFile } from "../../../support/shard-stage.js"

const capacity = 150
// The test is about the behaviour; durability is the subject of other tests.
const stage = shardStageOfFile(["fsync=off"])

describe("ShardedQueue of two servers", withPostgres, () => {
  const behaviours = updateQueueBehaviours(() => stage.open({ capacity }), {
    capacity,
    isDurable: true,
    hasState: true,
    hasTimers: true,
    hasShards: true,
    openLimited: (perBot) => stage.open({ perBot }),
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

describe("ShardedQueue of two servers whose lanes are spread", withPostgres, () => {
  const behaviours = updateQueueBehaviours(() => stage.open({ by: "lane" }), { isDurable: true })
  for (const { name, run } of behaviours) test(name, run)
})
