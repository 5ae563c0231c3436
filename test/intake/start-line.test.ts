import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Simulator } from "@sounder/simulator"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { Fleet } from "../../src/fleet/index.js"
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

/** Starts a simulator and an updater for its bot. */
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

test("a start prints on the console which bot runs, its mode and its number of handlers", async () => {
  await using stage = await staged()
  const { updater } = stage
  updater.dispatcher.command("start", () => {})
  updater.dispatcher.on(filters.text, () => {})
  await updater.startPolling()
  await untilTrue(() => printed.length > 0)
  expect(printed).toEqual(["@my_bot polls, 2 handlers"])
})

test("a custom logger gets the same at info, and a note if there is no handler", async () => {
  const logger = new RecordingLogger()
  await using stage = await staged({ logger })
  await stage.updater.startPolling()
  expect(logger.lines).toEqual([
    expect.stringMatching(/^warn No handler is registered: /),
    expect.stringMatching(/^info Bot \d+ polls, 0 handlers$/),
  ])
})

test("a fleet says how many bots receive updates", async () => {
  await using telegram = await Simulator.start()
  await using fleet = new Fleet({ botOptions: { apiRoot: telegram.apiRoot } })
  fleet.dispatcher.on(filters.text, () => {})
  for (const { token } of [telegram.bot(), telegram.bot()]) await fleet.add(token)
  await fleet.startPolling()
  expect(printed).toEqual(["2 bots receive updates, 1 handler"])
})

test("a webhook prints its address", async () => {
  const logger = new RecordingLogger()
  await using stage = await staged({ logger })
  stage.updater.dispatcher.on(filters.text, () => {})
  await stage.updater.startWebhook({ port: 0 })
  expect(logger.at("info")).toEqual([
    expect.stringMatching(/^info Bot \d+ listens on http:\/\/127\.0\.0\.1:\d+, 1 handler$/),
  ])
})

test("types that `allowedUpdates` excludes are reported at the start", async () => {
  const logger = new RecordingLogger()
  await using stage = await staged({ logger })
  stage.updater.dispatcher.callbackQuery((ctx) => ctx.answer())
  await stage.updater.startPolling({ allowedUpdates: ["message"] })
  expect(logger.at("warn")).toEqual([expect.stringMatching(/handles callback_query, which/)])
})

test("in production the console gets the line, but no advice", async () => {
  vi.stubEnv("NODE_ENV", "production")
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {})
  await using stage = await staged()
  await stage.updater.startPolling()
  await untilTrue(() => printed.length > 0)
  expect(printed).toEqual(["@my_bot polls, 0 handlers"])
  expect(warned).not.toHaveBeenCalled()
})

test("under a test runner the console stays silent, and Telegram is not asked for the name", async () => {
  vi.stubEnv("NODE_ENV", "test")
  await using stage = await staged()
  await stage.updater.startPolling()
  expect(printed).toEqual([])
  expect(stage.updater.bot.me).toBeUndefined()
})
