import { test } from "vitest"
import { MemoryQueue } from "../../../src/queue/memory/memory-queue.js"
import { runConcurrently } from "../concurrent-run.js"
import { randomOf } from "../random-of.js"

/** More runs: `SOUNDER_SEQUENCES=1000`. A single run: `SOUNDER_SEED=7`. */
const runs = Number(process.env.SOUNDER_SEQUENCES ?? 8)
const onlySeed = process.env.SOUNDER_SEED
const seeds = onlySeed ? [Number(onlySeed)] : Array.from({ length: runs }, (_, index) => index + 1)

test.each(seeds)(
  "with concurrent puts, takes and restarts, no update is lost, overtaken or left waiting: %i",
  async (seed) => {
    const random = randomOf(seed)
    await runConcurrently({
      open: () => new MemoryQueue({ holdMs: Math.floor(random() * 20), capacity: 20 }),
      backlog: 0,
      damaged: new Set(),
      chats: [1, 7, 50][Math.floor(random() * 3)] ?? 1,
      fresh: 400,
      // A process that ends here would lose acknowledged updates, so that no restart is planned.
      restarts: 0,
      random,
    })
  },
)
