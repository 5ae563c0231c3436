import { expect, test } from "vitest"
import { type Context, Dispatcher } from "../../../src/dispatch/index.js"
import { keptBot, textUpdate } from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { expectNoUnhandledRejections } from "../../support/unhandled-rejections.js"
import { deferred, untilTrue } from "../../support/waiting.js"

expectNoUnhandledRejections()

const blocked = new Error("Forbidden: bot was blocked by the user")

/**
 * Handles one update with a bot whose calls fail. Returns the errors passed to the error handlers.
 */
async function toldOf(act: (ctx: Context) => unknown): Promise<unknown[]> {
  const { bot } = keptBot(() => Promise.reject(blocked))
  const dispatcher = new Dispatcher({ bot, logger: new RecordingLogger() })
  const told: unknown[] = []
  dispatcher.catch((error) => void told.push(error.cause))
  dispatcher.use(act)
  await dispatcher.process(textUpdate("x"))
  return told
}

test.each<[string, (ctx: Context) => unknown]>([
  ["of a handler that returns nothing", (ctx) => void ctx.reply("x")],
  ["of an async handler", async (ctx) => void ctx.reply("x")],
  ["of ctx.respond", (ctx) => void ctx.respond("sendMessage", { text: "x" })],
  [
    "of a handler that passes on",
    async (ctx, next?: () => Promise<void>) => {
      void ctx.reply("x")
      await next?.()
    },
  ],
])("the error of a call that is not awaited goes to the error handlers: %s", async (_, act) => {
  expect(await toldOf(act)).toEqual([blocked])
})

test("the error of a call that the handler catches reaches no error handler", async () => {
  expect(await toldOf((ctx) => void ctx.reply("x").catch(() => {}))).toEqual([])
  expect(await toldOf((ctx) => ctx.reply("x").then(undefined, () => {}))).toEqual([])
})

test("the error of a call that is awaited late is reported once", async () => {
  const told = await toldOf(async (ctx) => {
    const call = ctx.reply("x")
    await new Promise((resolve) => setTimeout(resolve, 5))
    await call
  })
  expect(told).toEqual([blocked])
})

test("a handler ends when its calls have ended", async () => {
  const answer = deferred()
  const { bot, calls } = keptBot(() => answer.promise)
  const dispatcher = new Dispatcher({ bot })
  dispatcher.use((ctx) => void ctx.reply("x"))
  let isDone = false
  const done = dispatcher.process(textUpdate("x")).then(() => (isDone = true))
  await untilTrue(() => calls.length === 1)
  await new Promise(setImmediate)
  expect(isDone).toBe(false)
  answer.resolve()
  await done
})

test("a call that fails after its handler has thrown is logged", async () => {
  const { bot } = keptBot(() => Promise.reject(blocked))
  const logger = new RecordingLogger()
  const dispatcher = new Dispatcher({ bot, logger })
  const told: unknown[] = []
  dispatcher.catch((error) => void told.push(error.cause))
  const own = new Error("own")
  dispatcher.use((ctx) => {
    void ctx.reply("x")
    throw own
  })
  await dispatcher.process(textUpdate("x"))
  expect(told).toEqual([own])
  expect(logger.errors).toEqual([
    "A call of Telegram that no code awaits has failed: Forbidden: bot was blocked by the user",
  ])
})

test("a failed call that was made after the end is logged", async () => {
  const { bot } = keptBot(() => Promise.reject(blocked))
  const logger = new RecordingLogger()
  const dispatcher = new Dispatcher({ bot, logger })
  let late: Context | undefined
  dispatcher.use((ctx) => void (late = ctx))
  await dispatcher.process(textUpdate("x"))
  void late?.reply("x")
  await untilTrue(() => logger.errors.length === 1)
})
