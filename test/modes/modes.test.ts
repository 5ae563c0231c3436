import { describe } from "vitest"
import { withPostgres, stageOfFile } from "../support/postgres-stage.js"
import { describeBehaviours } from "./behaviours.js"
import { modes } from "../support/modes.js"
import { postgresModes } from "../support/postgres-modes.js"

for (const mode of modes) describeBehaviours(mode)

describe("with a database", withPostgres, () => {
  const stage = stageOfFile()
  for (const mode of postgresModes(stage)) describeBehaviours(mode)
})
