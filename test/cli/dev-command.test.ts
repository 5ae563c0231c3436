import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { built, packageFolder } from "../support/built.js"
import { temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"

const folder = temporaryFolder()
const main = join(packageFolder, "dist", "cli", "main.js")

beforeAll(() => built())

/** Runs `sounder dev` with the first of these programs. */
function develop(files: Readonly<Record<string, string>>) {
  const path = mkdtempSync(join(folder, "bot-"))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  const args = [main, "dev", Object.keys(files)[0] ?? "", "--port", "0"]
  const child = spawn(process.execPath, args, { cwd: path, stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  child.stdout.on("data", (data) => (output += String(data)))
  return {
    says: (text: string) => untilTrue(() => output.includes(text)),
    output: () => output,
    async [Symbol.asyncDispose]() {
      const closed = once(child, "close")
      child.kill("SIGTERM")
      await closed
    },
  }
}

const getMe = "await fetch(`${process.env.TELEGRAM_API_ROOT}/bot${process.env.BOT_TOKEN}/getMe`)\n"

test("a program that ends without a call is no bot, and the usual name of a bot is proposed", async () => {
  await using dev = develop({ "handlers.mjs": "export {}\n", "bot.mjs": getMe })
  await dev.says("handlers.mjs ended and started no bot: is it bot.mjs?; it restarts when")
})

test("a program that ends after a call is a bot", async () => {
  await using dev = develop({ "bot.mjs": getMe })
  await dev.says("The bot ended with exit code 0; it restarts when a file changes")
  expect(dev.output()).not.toContain("no bot")
})

test.each([
  ["fetch", "fetch(url).catch(() => {})\n"],
  ["node:https", 'import { get } from "node:https"\nget(url).on("error", () => {})\n'],
])("a bot that calls Telegram with %s is told where its library takes the URL", async (_, call) => {
  const url = "const url = `https://api.telegram.org/bot${process.env.BOT_TOKEN}/getMe`\n"
  await using dev = develop({ "bot.mjs": `${url}${call}setInterval(() => {}, 1_000)\n` })
  await dev.says(
    "calls api.telegram.org, not the simulated Telegram. Give the bot the URL in TELEGRAM_API_ROOT: grammY\n" +
      "takes the URL as `client: { apiRoot }`, Telegraf as `telegram: { apiRoot }`",
  )
})

test("a program that takes long to start gets no advice", async () => {
  const slow = "import { setTimeout } from 'node:timers/promises'\nawait setTimeout(9_000)\n"
  await using dev = develop({ "bot.mjs": slow + getMe })
  await dev.says("The bot ended with exit code 0")
  expect(dev.output()).not.toMatch(/no call|TELEGRAM_API_ROOT/)
})
