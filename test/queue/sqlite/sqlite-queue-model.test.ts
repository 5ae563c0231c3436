import { test } from "vitest"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { expectLikeModel } from "../durable-queue-model.js"
import { pathsIn, temporaryFolder } from "./temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
/** More for a night: `SOUNDER_SEQUENCES=100000`. */
const sequences = Number(process.env.SOUNDER_SEQUENCES ?? 150)

test(
  "whatever is done to it in whatever order, restarts included, the queue does what a list would",
  { timeout: 3_600_000 },
  async () => {
    const newStore = () => {
      const path = newPath()
      return {
        workers: 1,
        open: () => new SqliteQueue({ path }),
        // What can be taken is given before the next turn of the event loop.
        looked: () => new Promise((resolve) => setImmediate(resolve)),
      }
    }
    await expectLikeModel(newStore, sequences)
  },
)
