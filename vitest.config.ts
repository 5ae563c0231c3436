import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { LongFirst } from "./test/support/long-first.js"

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

export default defineConfig({
  resolve: {
    alias: [
      { find: "#transport", replacement: source("src/bot/node-transport.ts") },
      { find: "@sounder/simulator/command", replacement: source("simulator/src/command/run.ts") },
      { find: "@sounder/simulator", replacement: source("simulator/src/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts", "simulator/test/**/*.test.ts"],
    globalSetup: ["test/support/folder-of-run.ts"],
    setupFiles: ["test/support/leaves-nothing-open.ts"],
    typecheck: {
      include: ["test/**/*.test-d.ts"],
      // `npm run types` and the build judge the sources; here only the type tests are asked.
      ignoreSourceErrors: true,
    },
    pool: "forks",
    // Half of a run of four files at a time is waiting (for other programs, for kills, for leases that end), so that
    // two cores take five. By default two cores would take one; eight starve each other.
    maxWorkers: Math.max(5, availableParallelism()),
    sequence: { sequencer: LongFirst },
    // Only a test that stands still takes so long: a machine of two busy cores is ten times slower.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    env: { TELEGRAM_SIMULATOR_WAIT_MS: "20000" },
  },
})
