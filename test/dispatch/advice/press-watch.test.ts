import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { type Context, Dispatcher } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { botCall } from "../../../src/events/index.js"
import type { ResponseSlot } from "../../../src/queue/response-slot.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { Bot } from "../../../src/bot/index.js"
import { keptBot, pressUpdate, token } from "../../support/updates.js"

beforeEach(() => {
  vi.stubEnv("NODE_ENV", "development")
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  expect(botCall.hasSubscribers).toBe(false)
})

type Register = (dispatcher: Dispatcher) => unknown

/** Handles two presses. Returns the log of the given time, in milliseconds. */
async function logOf(register: Register, response?: ResponseSlot): Promise<string[]> {
  const logger = new RecordingLogger()
  const dispatcher = new Dispatcher({ bot: keptBot().bot, logger, autoAnswer: false })
  register(dispatcher)
  for (const id of ["q1", "q2"]) {
    await dispatcher.process(pressUpdate("a", { id }), { response })
  }
  await vi.advanceTimersByTimeAsync(4_000)
  return logger.lines
}

test("a handler that leaves a press unanswered is reported once, with its line", async () => {
  expect(await logOf((d) => d.callbackQuery(() => {}))).toEqual([
    expect.stringMatching(
      /^warn The handler at \S*press-watch\.test\.ts:\d+:\d+ has not answered the press: .* Call `ctx\.answer\(\)`$/,
    ),
  ])
})

const late = (ctx: Context) => {
  const { id } = ctx.update.callback_query!
  setTimeout(() => void ctx.bot.answerCallbackQuery({ callback_query_id: id }), 1_000)
}

test.each<[string, Register]>([
  ["by ctx.answer", (d) => d.callbackQuery((ctx) => ctx.answer())],
  ["by the bot, after the handler", (d) => d.callbackQuery((ctx) => late(ctx))],
  ["by a library behind a middleware", (d) => d.use(() => {})],
  ["by an error that is told", (d) => d.callbackQuery(() => Promise.reject(new Error("x")))],
])("a press with an answer is not reported: %s", async (_, register) => {
  const said = await logOf(register)
  expect(said.filter((line) => line.startsWith("warn"))).toEqual([])
})

const inline = { inline_message_id: "i", message: undefined }
const withoutInlineMode = { supports_inline_queries: false }

test.each<[string, object, object, number]>([
  ["of a bot without inline mode", inline, withoutInlineMode, 1],
  ["under a message of a bot with inline mode", inline, { supports_inline_queries: true }, 0],
  ["with its chat", {}, withoutInlineMode, 0],
])("a press without its chat loses its order: %s", async (_, fields, me, expected) => {
  const logger = new RecordingLogger()
  const identity = { id: 110, is_bot: true, first_name: "B", username: "b_bot", ...me }
  const bot = new Bot(token, { me: identity as never, onCall: async () => true })
  const dispatcher = new Dispatcher({ bot, logger })
  dispatcher.callbackQuery((ctx) => ctx.answer())
  await dispatcher.process(pressUpdate("a", fields))
  await dispatcher.process(pressUpdate("a", { id: "q2", ...fields }))
  await vi.advanceTimersByTimeAsync(4_000)
  const said = logger.lines.filter((line) => line.includes("callback_query_mode is not `default`"))
  expect(said).toHaveLength(expected)
})

test("an answer in the response to the webhook counts", async () => {
  const respond = (ctx: Context) => ctx.respond("answerCallbackQuery", {})
  expect(
    await logOf((d) => d.callbackQuery(respond), { offer: () => true, withdraw: () => {} }),
  ).toEqual([])
})

test("a retry need not answer a press that an earlier attempt has answered", async () => {
  const [queue, logger, { bot }] = [new MemoryQueue(), new RecordingLogger(), keptBot()]
  const attempts = { max: 2, backoff: () => 3_500 }
  const dispatcher = new Dispatcher({ bot, queue, logger, attempts, autoAnswer: false })
  dispatcher.catch(() => {})
  dispatcher.callbackQuery(async (ctx) => {
    if (ctx.attempt > 1) return
    await ctx.answer()
    throw new Error("x")
  })
  dispatcher.start()
  const put = queue.put({ botId: bot.id, update: pressUpdate("a") })
  await vi.advanceTimersByTimeAsync(4_000)
  await put
  await vi.advanceTimersByTimeAsync(4_000)
  await dispatcher.stop()
  expect(logger.lines).toEqual([])
})
