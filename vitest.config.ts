import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

export default defineConfig({
  resolve: {
    alias: {
      "#transport": fileURLToPath(new URL("src/bot/undici-transport.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/leaves-nothing-open.ts"],
    typecheck: {
      include: ["test/**/*.test-d.ts"],
      // `npm run types` and the build judge the sources; here only the type tests are asked.
      ignoreSourceErrors: true,
    },
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
