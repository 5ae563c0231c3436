import { expect, test } from "vitest"
import { Bot } from "../src/index.js"
import { namedBot, textUpdate, token, withContext } from "./support/updates.js"

const inHandler = (call: Parameters<typeof withContext>[2]) =>
  withContext(namedBot(), textUpdate("x"), call)

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
