import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { type Context, Dispatcher } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { botCall } from "../../../src/events/index.js"
import type { ResponseSlot } from "../../../src/queue/response-slot.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { keptBot, pressUpdate } from "../../support/updates.js"

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

/** Handles two presses, and returns what is logged within so many milliseconds. */
async function saidOf(register: Register, response?: ResponseSlot): Promise<string[]> {
  const logger = new RecordingLogger()
  const dispatcher = new Dispatcher({ bot: keptBot().bot, logger })
  register(dispatcher)
  for (const id of ["q1", "q2"]) {
    await dispatcher.process(pressUpdate("a", { id }), { response })
  }
  await vi.advanceTimersByTimeAsync(4_000)
  return logger.lines
}

test("a handler that answers no press is told once, with its line", async () => {
  expect(await saidOf((d) => d.callbackQuery(() => {}))).toEqual([
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
])("a press that is dealt with is not told: %s", async (_, register) => {
  const said = await saidOf(register)
  expect(said.filter((line) => line.startsWith("warn"))).toEqual([])
})

test("an answer that rides in the response counts", async () => {
  const respond = (ctx: Context) => ctx.respond("answerCallbackQuery", {})
  expect(await saidOf((d) => d.callbackQuery(respond), { offer: () => true })).toEqual([])
})

test("a retry need not answer a press that the attempt before it has answered", async () => {
  const [queue, logger, { bot }] = [new MemoryQueue(), new RecordingLogger(), keptBot()]
  const attempts = { max: 2, backoff: () => 3_500 }
  const dispatcher = new Dispatcher({ bot, queue, logger, attempts })
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
