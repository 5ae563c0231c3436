import { test } from "vitest"
import { MemoryQueue } from "../../../src/queue/index.js"
import { expectLikeModel } from "../queue-model.js"

/** More runs: `SOUNDER_SEQUENCES=100000`. */
const sequences = Number(process.env.SOUNDER_SEQUENCES ?? 300)
/** Small enough that some puts are refused. */
const capacity = 8

test(
  "after any sequence of operations the queue equals a list",
  { timeout: process.env.SOUNDER_SEQUENCES ? 36_000_000 : 120_000 },
  async () => {
    const newStore = () => ({
      isDurable: false,
      capacity,
      hasShares: true,
      workers: 1,
      open: () => new MemoryQueue({ capacity, holdMs: Infinity }),
      looked: () => Promise.resolve(),
      counts: async (queue: MemoryQueue) => ({
        waiting: queue.waiting,
        setAside: queue.setAsideUpdates.map(({ update }) => update.update_id),
      }),
    })
    await expectLikeModel(newStore, sequences)
  },
)
