import { spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { beforeAll, expect, test, vi } from "vitest"
import { ignored } from "../../src/cli/project/init/templates.js"
import { isQuiet } from "../../src/cli/project/quiet-watch.js"
import { built, packageFolder } from "../support/built.js"
import { temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"

const folder = temporaryFolder()
const main = join(packageFolder, "dist", "cli", "main.js")

/** The library, which is not installed in the folders of the programs. */
const library = pathToFileURL(join(packageFolder, "dist", "index.js")).href

beforeAll(() => built())

/** Runs `sounder dev` with the first of these programs. */
function develop(files: Readonly<Record<string, string>>) {
  const path = mkdtempSync(join(folder, "bot-"))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  const args = [main, "dev", Object.keys(files)[0] ?? "", "--port", "0"]
  // One file for both streams, which keeps their order.
  const printed = join(path, "printed.txt")
  const stream = openSync(printed, "a")
  const child = spawn(process.execPath, args, { cwd: path, stdio: ["ignore", stream, stream] })
  closeSync(stream)
  const output = () => readFileSync(printed, "utf8")
  return {
    says: (text: string) => untilTrue(() => output().includes(text)),
    output,
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

test("a bot has a queue of its own, whose name the .gitignore of a new project has", async () => {
  const program = `console.log("The queue is", process.env.UPDATES_FILE)\n`
  await using dev = develop({ "bot.mjs": program, ".env": "UPDATES_FILE=updates.db\n" })
  await dev.says("The queue is updates.db.dev\n")
  expect(ignored).toContain("updates.db*\n")
})

test("a bot has the queue that the terminal names", async () => {
  vi.stubEnv("UPDATES_FILE", "mine.db")
  await using dev = develop({
    "bot.mjs": `console.log("The queue is", process.env.UPDATES_FILE)\n`,
  })
  vi.unstubAllEnvs()
  await dev.says("The queue is mine.db\n")
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

test("an error of Sounder that ends the bot begins with its sentence, and advice follows it", async () => {
  const bot = `import { Updater } from ${JSON.stringify(library)}
const updater = new Updater({ token: process.env.BOT_TOKEN, logger: { debug() {}, info() {}, warn() {}, error() {} } })
await updater.runWebhook({ listen: "127.0.0.1", port: 0, webhookUrl: "https://bot.example.com/hook" })
`
  await using dev = develop({ "bot.mjs": bot })
  await dev.says("--map bot.example.com:443=127.0.0.1:8443")
  await dev.says("The bot ended with exit code 1")
  const [, error = "", line = "", ...rest] = dev.output().split("\n")
  expect(error).toMatch(/^Telegram refused the webhook: .*Failed to resolve host/)
  expect(line).toMatch(/^ {4}at .*bot\.mjs:3:15\)?$/)
  expect(rest.join("\n")).not.toMatch(/^ +at |node:internal|Node\.js v/m)
  expect(rest.join("\n")).toMatch(/Telegram cannot reach bot\.example\.com:443/)
})

test.each([
  ["a wrong option", "new Updater({ tokn: 1 })", /^TypeError: Unknown option `tokn`/],
  [
    "a bot's name as its token",
    'new Updater({ token: "@my_bot" })',
    /^TypeError: .*the name of a bot/,
  ],
  [
    "a queue in use",
    'new SqliteQueue({ path: "a.db" }); new SqliteQueue({ path: "a.db" })',
    /^Another process, or another queue of this process, uses/,
  ],
])("%s ends the bot with a sentence and the line of the program", async (_, code, sentence) => {
  const imports = `import { Updater } from ${JSON.stringify(library)}
import { SqliteQueue } from ${JSON.stringify(library.replace("index.js", "queue/sqlite/index.js"))}
`
  await using dev = develop({ "bot.mjs": `${imports}${code}\n` })
  await dev.says("The bot ended with exit code 1")
  const [, error = "", ...rest] = dev.output().split("\n")
  expect(error).toMatch(sentence)
  expect(rest.slice(0, -1)).toEqual([
    expect.stringMatching(/^ {4}at .*bot\.mjs:3:\d+\)?$/),
    "The bot ended with exit code 1; it restarts when a file changes",
  ])
})

test("an error that the program catches itself is not printed", async () => {
  const bot = `process.on("uncaughtException", () => console.log("caught"))
setTimeout(() => { throw new TypeError("thrown") }, 1)
`
  await using dev = develop({ "bot.mjs": bot })
  await dev.says("caught")
  await dev.says("ended and started no bot")
  expect(dev.output()).not.toContain("thrown")
})

test("a program that makes no call and only waits is asked for its bot", async () => {
  await using dev = develop({ "bot.mjs": "setInterval(() => {}, 1_000)\n" })
  await dev.says("Does it start its bot")
})

test("a program that loads, or that waits for a busy machine, is not quiet", () => {
  expect(isQuiet({ elapsedMs: 1001, activeMs: 2, cpuMs: 3 })).toBe(true)
  expect(isQuiet({ elapsedMs: 1001, activeMs: 900, cpuMs: 3 })).toBe(false)
  expect(isQuiet({ elapsedMs: 1001, activeMs: 2, cpuMs: 900 })).toBe(false)
  expect(isQuiet({ elapsedMs: 2500, activeMs: 2, cpuMs: 3 })).toBe(false)
})

test("a program that takes long to start gets no advice", async () => {
  const slow = "import { setTimeout } from 'node:timers/promises'\nawait setTimeout(9_000)\n"
  await using dev = develop({ "bot.mjs": slow + getMe })
  await dev.says("The bot ended with exit code 0")
  expect(dev.output()).not.toMatch(/no call|TELEGRAM_API_ROOT/)
})
