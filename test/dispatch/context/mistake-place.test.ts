import { expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { type Context, Dispatcher } from "../../../src/dispatch/index.js"
import type { HandlerError } from "../../../src/telegram/errors.js"
import type { Update } from "../../../src/telegram/types.js"
import { textUpdate, token, updateWith } from "../../support/updates.js"

type Act = (ctx: Context<never>) => unknown

/** Returns the error of a handler whose update came with a request that can carry a call. */
async function failureOf(handler: Act, update: Update = textUpdate("x")): Promise<Error> {
  const failures: HandlerError[] = []
  const dispatcher = new Dispatcher({ bot: new Bot(token) })
  dispatcher.catch((error) => void failures.push(error))
  dispatcher.use((ctx) => handler(ctx as Context<never>))
  await dispatcher.process(update, { response: { offer: () => true, withdraw: () => {} } })
  return failures[0]?.cause as Error
}

function expectPlace(error: Error): void {
  expect(error).toBeInstanceOf(TypeError)
  const [first, ...frames] = String(error.stack).split("\n")
  expect(first).toBe(`TypeError: ${error.message}`)
  expect(frames[0]).toMatch(/at (act|userHandler) .*mistake-place\.test\.ts/)
  expect(frames.filter((frame) => /\/src\//.test(frame))).toEqual([])
}

const path = "./cat.jpg"
const album = [{ type: "photo" as const, media: path }] as never
const inlineQuery = updateWith({
  inline_query: { id: "1", from: { id: 7 }, query: "", offset: "" },
})

test.each<[string, Act, Update?]>([
  ["a shortcut", (ctx) => ctx.replyWithPhoto(path)],
  ["a shortcut, deep in its parameters", (ctx) => ctx.replyWithMediaGroup(album)],
  ["a shortcut of another message", (ctx) => ctx.of(messageOf(ctx)).replyWithPhoto(path)],
  ["a shortcut for an update without a chat", (ctx) => ctx.replyWithPhoto("id"), inlineQuery],
  ["an answer to no query", (ctx) => Reflect.apply(ctx.answer, ctx, [])],
  ["no request to join", (ctx) => ctx.approve()],
  ["`of` no message", (ctx) => ctx.of({} as never)],
  ["a chat action without a chat", (ctx) => ctx.chatAction("typing", () => 1), inlineQuery],
  ["a method of the bot", (ctx) => ctx.bot.sendMediaGroup({ chat_id: 1, media: album })],
  ["a bulk call", (ctx) => ctx.bot.sendPhoto({ chat_id: 1, photo: path }, { bulk: true })],
  ["an option of a call", (ctx) => ctx.bot.getMe({ timeoutMs: -1 })],
  ["a download", (ctx) => ctx.bot.download(undefined as never)],
  ["a promised call", (ctx) => ctx.later("sendMediaGroup", { media: album })],
  ["a promised call of a refused method", (ctx) => Reflect.apply(ctx.later, ctx, ["getMe"])],
  ["a call in the HTTP response", (ctx) => ctx.respond("sendMediaGroup", { media: album })],
  ["the state without a queue", (ctx) => ctx.state.get("a", "b")],
  ["a transaction without a queue", (ctx) => ctx.transaction()],
])("the stack of a mistake begins at the line of the handler: %s", async (_, make, update) => {
  const act = Object.defineProperty(make, "name", { value: "act" })
  expectPlace(await failureOf(act, update))
})

function messageOf(ctx: Context): never {
  return ctx.update.message as never
}

test("the stack of a call without `await` begins at its line", async () => {
  const error = await failureOf(function userHandler(ctx) {
    void ctx.replyWithMediaGroup(album)
  })
  expectPlace(error)
})

test("a hook that waits before the call does not hide the line of the call", async () => {
  const bot = new Bot(token)
  bot.use(async (_call, next) => {
    await new Promise(setImmediate)
    return next()
  })
  function userHandler() {
    return bot.sendMediaGroup({ chat_id: 1, media: album })
  }
  const outcome = await userHandler().catch((error: unknown) => error)
  expectPlace(outcome as Error)
})

test("the stack of an error that the program has thrown is unchanged", async () => {
  const thrown = new TypeError("theirs")
  const { stack } = thrown
  const bot = new Bot(token, { onCall: () => Promise.reject(thrown) })
  await expect(bot.getMe()).rejects.toBe(thrown)
  const params = {
    get chat_id(): number {
      throw thrown
    },
  }
  await expect(new Bot(token).call("sendMessage", params)).rejects.toBe(thrown)
  expect(thrown.stack).toBe(stack)
})
