import { Writable } from "node:stream"
import { pino } from "pino"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { type Logger, withFields } from "../../src/ground/logger.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { Updater } from "../../src/updater.js"
import { untilTrue } from "../support/waiting.js"

interface Line {
  readonly level: number
  readonly msg: string
  readonly botId?: number
  readonly updateId?: number
}

let telegram: Simulator
let account: SimulatedBot
let updater: Updater
let texts: string[]

beforeEach(async () => {
  texts = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      texts.push(chunk.toString())
      done()
    },
  })
  const logger = pino({ level: "debug", base: null }, stream)
  telegram = await Simulator.start({ local: true })
  account = telegram.bot({ username: "logged_bot" })
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot, logger })
  updater = new Updater({ bot, queue: new MemoryQueue({ capacity: 100 }), logger })
})

afterEach(async () => {
  await updater.stop({ deadlineMs: 100 })
  await updater.bot[Symbol.asyncDispose]()
  await telegram[Symbol.asyncDispose]()
})

describe("a pino logger can be used as it is", () => {
  test("a handler's error is logged with the bot's id and the update's, each once", async () => {
    updater.dispatcher.on(filters.text, (ctx) =>
      Promise.reject(new Error(`Broken 100%s %o with ${ctx.bot.token}`)),
    )
    await start()
    await telegram.user({ first_name: "Ada" }).send(account, "Hello")
    await untilTrue(() => texts.length > 0)
    const [line] = lines()
    expect(line).toMatchObject({ level: 50, botId: account.id, updateId: expect.any(Number) })
    // A format placeholder in the text stays unchanged.
    expect(line?.msg).toContain("Broken 100%s %o with <token>")
    expect(texts[0]?.match(/"botId"/g)).toHaveLength(1)
    expect(texts[0]?.match(/"updateId"/g)).toHaveLength(1)
    expect(texts.join("")).not.toContain(account.token.split(":")[1])
  })

  test("failures of polling are warnings, and their end is information, with the bot's id", async () => {
    await start()
    telegram.fault("getUpdates", { status: 502, description: "Bad Gateway" })
    await untilTrue(() => texts.length >= 2)
    expect(lines()).toMatchObject([
      { level: 40, botId: account.id, msg: expect.stringContaining("Bad Gateway") },
      { level: 30, botId: account.id, msg: "Telegram answers again; polling continues." },
    ])
    expect(texts[0]?.match(/"botId"/g)).toHaveLength(1)
  })

  test("a wait for `retry_after` is information", async () => {
    telegram.fault("getMe", { retryAfter: 1 })
    await updater.bot.getMe()
    const waits = expect.stringMatching(/^getMe waits \d+ ms, as Telegram asks$/)
    expect(lines()).toMatchObject([{ level: 30, botId: account.id, msg: waits }])
  })
})

test("a logger without fields can be used as it is", () => {
  const logger: Logger = console
  expect(withFields(logger, { botId: 1 })).toBe(logger)
})

/** Starts to poll, which logs the bot's id, and clears that line. */
async function start(): Promise<void> {
  await updater.startPolling({ timeout: 0 })
  const msg = expect.stringContaining(" polls, ")
  expect(lines()).toMatchObject([{ level: 30, botId: account.id, msg }])
  texts.length = 0
}

function lines(): Line[] {
  // pino writes a line of JSON per message
  return texts.map((text) => JSON.parse(text) as Line)
}
