import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Simulator } from "@sounder/simulator"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { Updater, type UpdaterOptions } from "../../src/updater.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { untilTrue } from "../support/waiting.js"

const printed: string[] = []

beforeEach(() => {
  vi.stubEnv("NODE_ENV", "development")
  printed.length = 0
  vi.spyOn(console, "info").mockImplementation((line: string) => void printed.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** A simulator and an updater for its bot. */
async function staged(options: Omit<UpdaterOptions, "bot"> = {}) {
  const telegram = await Simulator.start()
  const bot = new Bot(telegram.bot({ username: "my_bot" }).token, { apiRoot: telegram.apiRoot })
  const updater = new Updater({ bot, ...options })
  return {
    updater,
    async [Symbol.asyncDispose]() {
      await updater.stop()
      await bot[Symbol.asyncDispose]()
      await telegram[Symbol.asyncDispose]()
    },
  }
}

test("in development a start says on the console which bot does what, with how many handlers", async () => {
  await using stage = await staged()
  const { updater } = stage
  updater.dispatcher.command("start", () => {})
  updater.dispatcher.on(filters.text, () => {})
  await updater.startPolling()
  await untilTrue(() => printed.length > 0)
  expect(printed).toEqual(["@my_bot polls, 2 handlers"])
})

test("a logger of the program is told the same at info, and that nothing handles", async () => {
  const logger = new RecordingLogger()
  await using stage = await staged({ logger })
  await stage.updater.startPolling()
  expect(logger.lines).toEqual([
    expect.stringMatching(/^warn No handler is registered: /),
    expect.stringMatching(/^info Bot \d+ polls, 0 handlers$/),
  ])
})

test("a webhook says where it listens", async () => {
  const logger = new RecordingLogger()
  await using stage = await staged({ logger })
  stage.updater.dispatcher.on(filters.text, () => {})
  await stage.updater.startWebhook({ port: 0 })
  expect(logger.at("info")).toEqual([
    expect.stringMatching(/^info Bot \d+ listens on http:\/\/127\.0\.0\.1:\d+, 1 handler$/),
  ])
})

test("types that `allowedUpdates` keeps out are told at the start", async () => {
  const logger = new RecordingLogger()
  await using stage = await staged({ logger })
  stage.updater.dispatcher.callbackQuery((ctx) => ctx.answer())
  await stage.updater.startPolling({ allowedUpdates: ["message"] })
  expect(logger.at("warn")).toEqual([expect.stringMatching(/handles callback_query, which/)])
})

test("in production the console stays silent, and Telegram is not asked for the name", async () => {
  vi.stubEnv("NODE_ENV", "production")
  await using stage = await staged()
  await stage.updater.startPolling()
  expect(printed).toEqual([])
  expect(stage.updater.bot.me).toBeUndefined()
})
