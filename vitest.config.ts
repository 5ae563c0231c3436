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
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"] },
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
