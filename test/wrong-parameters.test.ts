import { expect, test } from "vitest"
import { Bot, type Context, Updater } from "../src/index.js"

const token = "123456:abc"

/** Resolves or rejects as a function that is called within a handler. */
async function inHandler(call: (ctx: Context) => unknown): Promise<void> {
  let called: unknown
  const { dispatcher, bot } = new Updater({ token })
  dispatcher.use(async (ctx) => {
    called = await Promise.resolve(call(ctx)).catch((error: unknown) => error)
  })
  await dispatcher.process({ update_id: 1 }, { bot })
  if (called instanceof Error) throw called
}

test.each([["text"], [["text"]], [5], [null]])(
  "the parameters %j of a call are refused, whether it is made now or later",
  async (value) => {
    const params = value as never
    const message = /^Expected the parameters of sendMessage as one object/
    const bot = new Bot(token, { defaults: { parse_mode: "HTML" } })
    await expect(bot.call("sendMessage", params)).rejects.toThrow(message)
    await expect(inHandler((ctx) => ctx.later("sendMessage", params))).rejects.toThrow(message)
    await expect(inHandler((ctx) => ctx.respond("sendMessage", params))).rejects.toThrow(message)
  },
)

test("a method that is no text is refused", async () => {
  await expect(new Bot(token).call(null as never)).rejects.toThrow("a name of letters only")
})
