import { describe, expect, test } from "vitest"
import type { Bot } from "../../../src/bot/index.js"
import { Dispatcher, filters } from "../../../src/dispatch/index.js"
import { keptBot, messageUpdate, namedBot, textUpdate, token } from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

/** Which of these texts a handler of `/start` gets. */
async function heard(
  bot: Bot,
  texts: readonly string[],
  logger = new RecordingLogger(),
): Promise<string[]> {
  const dispatcher = new Dispatcher({ bot, logger })
  const seen: string[] = []
  dispatcher.command("start", (ctx) => void seen.push(ctx.message.text))
  for (const text of texts) await dispatcher.process(textUpdate(text))
  return seen
}

describe("a command", () => {
  test("is matched in upper or lower case, with arguments or without", async () => {
    const texts = ["/start", "/START", "/Start now", "/start\nnow"]
    expect(await heard(namedBot(), texts)).toEqual(texts)
  })

  test("is not one that only begins like it, stands elsewhere, or is for another bot", async () => {
    const texts = [
      "/started",
      "/star",
      "start",
      "see /start",
      "/start@other_bot",
      "/start@suite_bo",
    ]
    expect(await heard(namedBot(), texts)).toEqual([])
  })

  test("may name this bot, in upper or lower case", async () => {
    const texts = ["/start@suite_bot", "/START@SUITE_BOT x", "/start@Suite_Bot"]
    expect(await heard(namedBot(), texts)).toEqual(texts)
  })

  test("is only what Telegram has marked as one", async () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: string[] = []
    dispatcher.command("start", () => void seen.push("start"))
    await dispatcher.process(messageUpdate({ text: "/start" }))
    const later = { type: "bot_command", offset: 3, length: 6 }
    await dispatcher.process(messageUpdate({ text: "hm /start", entities: [later] }))
    const marked = { type: "bot_command", offset: 0, length: 6 }
    await dispatcher.process(messageUpdate({ caption: "/start", caption_entities: [marked] }))
    await dispatcher.process(messageUpdate({ text: 5, entities: [marked] }))
    expect(seen).toEqual([])
  })

  test("of several names is one handler", async () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: string[] = []
    dispatcher.command(["help", "Info", "help"], (ctx) => void seen.push(ctx.command))
    for (const text of ["/help", "/info", "/INFO"]) await dispatcher.process(textUpdate(text))
    expect(seen).toEqual(["help", "info", "info"])
  })

  test("takes a filter before its handler", async () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: string[] = []
    dispatcher.command("ban", filters.user(1), () => void seen.push("admin"))
    dispatcher.command("ban", () => void seen.push("anybody"))
    await dispatcher.process(textUpdate("/ban"))
    await dispatcher.process(
      textUpdate("/ban", { from: { id: 1, is_bot: false, first_name: "A" } }),
    )
    expect(seen).toEqual(["anybody", "admin"])
  })

  test("with a pattern as its filter has both its arguments and ctx.match", async () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: unknown[] = []
    dispatcher.command("roll", filters.regex(/(\d+)d(\d+)/), (ctx) => {
      seen.push(ctx.args, ctx.match.slice(1))
    })
    await dispatcher.process(textUpdate("/roll 2d6 now"))
    await dispatcher.process(textUpdate("/roll"))
    expect(seen).toEqual([
      ["2d6", "now"],
      ["2", "6"],
    ])
  })

  test("has its arguments as text and as words", async () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: unknown[] = []
    dispatcher.command("add", (ctx) => seen.push([ctx.argument, ctx.args]))
    const texts = ["/add", "/add@suite_bot  one\n two ", "/add deep-link_1"]
    for (const text of texts) await dispatcher.process(textUpdate(text))
    expect(seen).toEqual([
      ["", []],
      ["one\n two", ["one", "two"]],
      ["deep-link_1", ["deep-link_1"]],
    ])
  })
})

describe("a name", () => {
  test("with a slash is a TypeError that says to leave it out", () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    expect(() => dispatcher.command("/start", () => {})).toThrow(TypeError)
    expect(() => dispatcher.command("/start", () => {})).toThrow("leave it out")
  })

  test.each(["", "with space", "grüße", "a-b", "x".repeat(33), 5, null])(
    "%j is a TypeError",
    (name) => {
      const dispatcher = new Dispatcher({ bot: namedBot() })
      expect(() => dispatcher.command([name as string], () => {})).toThrow(TypeError)
    },
  )
})

describe("where the bot does not know its name yet", () => {
  const me = { id: 110, is_bot: true, first_name: "Bot", username: "Suite_Bot" }

  test("a command that names a bot makes it ask, once", async () => {
    const { bot, calls } = keptBot(() => me)
    expect(await heard(bot, ["/start@suite_bot", "/start@other", "/start@suite_bot"])).toHaveLength(
      2,
    )
    expect(calls.map((call) => call.method)).toEqual(["getMe"])
  })

  test("a command that names no bot, or that nobody handles, asks nothing", async () => {
    const { bot, calls } = keptBot(() => me)
    expect(await heard(bot, ["/start", "/other@suite_bot"])).toEqual(["/start"])
    expect(calls).toEqual([])
  })

  test("a failure to learn it is logged without the token, and the command does not match", async () => {
    const logger = new RecordingLogger()
    const { bot } = keptBot(() => {
      throw new Error(`no way to bot${token}`)
    })
    expect(await heard(bot, ["/start@suite_bot", "/start"], logger)).toEqual(["/start"])
    expect(logger.errors).toEqual([
      expect.stringMatching(
        /^Could not learn the bot's name for update \d+: no way to bot<token>$/,
      ),
    ])
  })
})
