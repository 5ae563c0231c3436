import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Simulator } from "@sounder/simulator"
import { transformWithOxc } from "vite"
import { beforeAll, describe, expect, test } from "vitest"
import { built, packageFolder } from "./support/built.js"
import { docExamples } from "./support/doc-examples.js"
import { untilTrue } from "./support/waiting.js"

/** Programs that need more than Node 20 and Sounder; each has a test of its own. */
const others = /from "(?!sounder|node:)|from "sounder\/postgres"|await using/

/** The programs of the guides that receive by polling until they are stopped. */
const programs = readdirSync("docs/guides")
  .flatMap((name) => docExamples(`docs/guides/${name}`))
  .filter(({ language, setup, code }) => language === "ts" && setup === "" && !others.test(code))
  .filter(({ code }) => code.includes(".runPolling()"))

beforeAll(() => built())

test("there are many of them", () => {
  expect(programs.length).toBeGreaterThan(15)
})

describe.concurrent("a program of a guide receives, and ends at SIGTERM:", () => {
  test.each(programs)("$title", { timeout: 120_000 }, async ({ code }) => {
    mkdirSync(join(packageFolder, ".programs"), { recursive: true })
    // Inside the package, so that `import "sounder"` finds it as in an installation.
    const folder = mkdtempSync(join(packageFolder, ".programs", "guide-"))
    await using telegram = await Simulator.start()
    const account = telegram.bot()
    writeFileSync(join(folder, "bot.mjs"), (await transformWithOxc(code, "bot.ts")).code)
    const bot = spawn(process.execPath, ["bot.mjs"], {
      cwd: folder,
      env: { ...process.env, TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: account.token },
      stdio: ["ignore", "ignore", "pipe"],
    })
    try {
      const closed = once(bot, "close")
      let errors = ""
      bot.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()))
      await untilTrue(() => account.isPolling || bot.exitCode !== null)
      expect(bot.exitCode, errors).toBeNull()
      bot.kill("SIGTERM")
      expect(await closed).toEqual([0, null])
    } finally {
      bot.kill("SIGKILL")
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
