import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest"
import { requirePackages } from "../../../test/support/peers.js"
import { requirePythonTelegramBot } from "../../../test/support/require-python.js"

const skip = vi.fn<(reason?: string) => never>(() => {
  throw new Error("skipped")
})
const noRegistry = {
  npm_config_registry: "http://127.0.0.1:1/",
  npm_config_fetch_retries: "0",
  // `npm run -s` would pass on its log level, and npm would print nothing.
  npm_config_loglevel: "error",
}
const environment = { ...process.env, ...noRegistry, CI: "" }
const inCi = { ...environment, CI: "true" }

afterEach(() => skip.mockClear())

describe("frameworks that npm cannot install", () => {
  let folder = ""

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sounder-peers-"))
    const project = { name: "peers", version: "0.0.0", dependencies: { left: "1.0.0" } }
    const packages = { "": project, "node_modules/left": { version: "1.0.0" } }
    const lock = { ...project, lockfileVersion: 3, requires: true, packages }
    writeFileSync(join(folder, "package.json"), JSON.stringify(project))
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  test("skip the test", () => {
    expect(() => requirePackages({ skip }, { folder, environment })).toThrow("skipped")
    expect(skip).toHaveBeenCalledWith(
      expect.stringMatching(/^npm ci in .* failed: .*127\.0\.0\.1/s),
    )
  })

  test("fail the test if CI is set", () => {
    const missing = () => requirePackages({ skip }, { folder, environment: inCi })
    expect(missing).toThrow(/^With CI set, npm ci in .* failed/)
    expect(skip).not.toHaveBeenCalled()
  })
})

describe("python-telegram-bot, where Python lacks it,", () => {
  const python = "/bin/false"

  test("skips the test, with a message that says how to install it", () => {
    expect(() => requirePythonTelegramBot({ skip }, { python, environment })).toThrow("skipped")
    const advice = "apt-get install python3-python-telegram-bot"
    expect(skip).toHaveBeenCalledWith(expect.stringContaining(advice))
  })

  test("fails the test if CI is set", () => {
    const missing = () => requirePythonTelegramBot({ skip }, { python, environment: inCi })
    expect(missing).toThrow("With CI set, python-telegram-bot is not installed")
  })
})
