import { describe, test } from "vitest"
import { updateQueueBehaviours } from "../../../src/testing/index.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

const capacity = 150
const stage = stageOfFile()

describe("PostgresQueue", withPostgres, () => {
  const behaviours = updateQueueBehaviours(() => stage.open({ capacity }), {
    capacity,
    isDurable: true,
    openLimited: (perBot) => stage.open({ perBot }),
  })
  for (const { name, run } of behaviours) test(name, run)
})
