import { describe, test } from "vitest"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { updateQueueBehaviours } from "../../../src/testing/index.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const capacity = 150
const newPath = pathsIn(temporaryFolder())

describe("SqliteQueue", () => {
  const open = () => new SqliteQueue({ path: newPath(), capacity })
  const openLimited = (perBot: number) => new SqliteQueue({ path: newPath(), perBot })
  const behaviours = updateQueueBehaviours(open, {
    capacity,
    isDurable: true,
    hasState: true,
    hasTimers: true,
    hasRecords: true,
    openLimited,
  })
  for (const { name, run } of behaviours) test(name, run)
})
