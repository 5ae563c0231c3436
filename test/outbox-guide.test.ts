import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Simulator } from "@sounder/simulator"
import { afterAll, beforeAll, expect, test } from "vitest"
import { built, compiled, packageFolder } from "./support/built.js"
import { docExamples } from "./support/doc-examples.js"

const program = docExamples("docs/guides/outbox.md").find(({ language }) => language === "ts")
let folder = ""

beforeAll(async () => {
  await built()
  // Inside the package, so that `import "sounder"` resolves to the package itself.
  folder = mkdtempSync(join(packageFolder, ".outbox-guide-"))
  writeFileSync(join(folder, "bot.ts"), program?.code ?? "")
  const compilerOptions = {
    ...{ target: "es2022", module: "nodenext", strict: true, types: ["node"] },
    ...{ skipLibCheck: true, outDir: "out" },
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  expect(await compiled(folder)).toEqual({ status: 0, output: "" })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("the bot of the outbox guide sells credits, and sends its messages in order", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot()
  const env = { ...process.env, TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: account.token }
  const bot = spawn(process.execPath, ["out/bot.js"], { cwd: folder, env, stdio: "inherit" })
  const closed = once(bot, "close")
  try {
    const ada = telegram.user({ first_name: "Ada" })
    telegram.fault("sendMessage", { retryAfter: 1 })
    await ada.send(account, "/buy")
    await ada.send(account, "/buy")
    const texts = [await ada.hears({ timeoutMs: 60_000 }), await ada.hears({ timeoutMs: 60_000 })]
    expect(texts.map(({ text }) => text)).toEqual([
      "100 credits. You have 100.",
      "100 credits. You have 200.",
    ])
  } finally {
    bot.kill("SIGTERM")
    await closed
  }
})
