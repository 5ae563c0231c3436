import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { test } from "vitest"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { durableCounts, expectLikeModel, type ModelStore } from "../queue-model.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
/** More runs: `SOUNDER_SEQUENCES=100000`. */
const sequences = Number(process.env.SOUNDER_SEQUENCES ?? 150)
/** Small enough that some puts are refused. */
const capacity = 8

test(
  "after any sequence of operations, restarts included, the queue equals a list",
  { timeout: process.env.SOUNDER_SEQUENCES ? 36_000_000 : 120_000 },
  async () => {
    const newStore = (): ModelStore<SqliteQueue> => {
      const path = newPath()
      return {
        isDurable: true,
        capacity,
        hasShares: true,
        workers: 1,
        open: () => new SqliteQueue({ path, capacity }),
        counts: durableCounts,
        written,
        // An available update is delivered before the next turn of the event loop.
        looked: () => new Promise((resolve) => setImmediate(resolve)),
      }
    }
    await expectLikeModel(newStore, sequences)
  },
)

/** Calls `act`, and resolves when the next transaction has been answered. */
function written(act: () => void): Promise<void> {
  return new Promise((resolve) => {
    const see = (step: unknown) => {
      if (step !== "transaction: answered") return
      unsubscribe("sounder:sqlite", see)
      resolve()
    }
    subscribe("sounder:sqlite", see)
    act()
  })
}
