import { describe, test } from "vitest"
import { updateQueueBehaviours } from "../../../src/testing/index.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const capacity = 150
const stage = stageOfFile()

describe("PostgresQueue", withPostgres, () => {
  const behaviours = updateQueueBehaviours(() => stage.open({ capacity }), {
    capacity,
    isDurable: true,
    hasState: true,
    hasTimers: true,
    hasRecords: true,
    openLimited: (perBot) => stage.open({ perBot }),
    openTwo: async () => {
      const schema = stage.newSchema()
      const one = stage.open({ schema, listen: stage.pool })
      await one.probe()
      return [one, stage.open({ schema, listen: stage.pool, migrate: false })]
    },
  })
  for (const { name, run } of behaviours) test(name, run)
})
