import { describe, expect, test } from "vitest"
import type { Bot } from "../../../src/bot/index.js"
import {
  type Context,
  Dispatcher,
  filters,
  type MessageLookup,
} from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import type { Update } from "../../../src/telegram/types.js"
import {
  channel,
  keptBot,
  messageOf,
  messageUpdate,
  namedBot,
  textUpdate,
  token,
  updateWith,
} from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

/** Returns the texts that a handler of `/start` gets. */
async function heard(
  bot: Bot,
  texts: readonly string[],
  logger = new RecordingLogger(),
  name = "start",
): Promise<string[]> {
  const dispatcher = new Dispatcher({ bot, logger })
  const seen: string[] = []
  dispatcher.command(name, (ctx) => void seen.push(ctx.message.text))
  for (const text of texts) await dispatcher.process(textUpdate(text))
  return seen
}

describe("a command", () => {
  test("is matched in upper or lower case, with arguments or without", async () => {
    const texts = ["/start", "/START", "/Start now", "/start\nnow"]
    expect(await heard(namedBot(), texts)).toEqual(texts)
  })

  test("does not match if it only has the same beginning, is elsewhere in the text, or is for another bot", async () => {
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

  test("can name this bot, in upper or lower case", async () => {
    const texts = ["/start@suite_bot", "/START@SUITE_BOT x", "/start@Suite_Bot"]
    expect(await heard(namedBot(), texts)).toEqual(texts)
  })

  test("matches only if Telegram has marked it", async () => {
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

  test("with several names is one handler", async () => {
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
  test("with a slash is a TypeError that says to omit the slash", () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    expect(() => dispatcher.command("/start", () => {})).toThrow(TypeError)
    expect(() => dispatcher.command("/start", () => {})).toThrow("leave the slash out")
  })

  test.each(["", "with space", "grüße", "a-b", "x".repeat(65), 5, null])(
    "%j is a TypeError",
    (name) => {
      const dispatcher = new Dispatcher({ bot: namedBot() })
      expect(() => dispatcher.command([name as string], () => {})).toThrow(TypeError)
    },
  )
})

describe("while the bot does not know its own name", () => {
  const me = { id: 110, is_bot: true, first_name: "Bot", username: "Suite_Bot" }

  test("a command that names a bot makes the bot call getMe, once", async () => {
    const { bot, calls } = keptBot(() => me)
    expect(await heard(bot, ["/start@suite_bot", "/start@other", "/start@suite_bot"])).toHaveLength(
      2,
    )
    expect(calls.map((call) => call.method)).toEqual(["getMe"])
  })

  test("a command that names no bot, or has no handler, causes no call", async () => {
    const { bot, calls } = keptBot(() => me)
    expect(await heard(bot, ["/start", "/other@suite_bot"])).toEqual(["/start"])
    expect(calls).toEqual([])
  })

  test("a failure of getMe is an error of the update, and shows no token", async () => {
    const logger = new RecordingLogger()
    const { bot } = keptBot(() => {
      throw new Error(`no way to bot${token}`)
    })
    expect(await heard(bot, ["/start@suite_bot", "/start"], logger)).toEqual(["/start"])
    expect(logger.errors).toEqual([
      expect.stringMatching(
        /^A handler failed on update \d+ \(message in chat 7\)\nError: the bot's username could not be fetched: no way to bot<token>\n/,
      ),
    ])
  })

  test.each([{}, { attempts: { max: 3, backoff: () => 5 } }])(
    "an update of a queue is retried after such a failure, with %j, before any handler gets it",
    async (options) => {
      let asked = 0
      const { bot, calls } = keptBot(() => {
        if ((asked += 1) === 1) throw new Error("502")
        return me
      })
      const queue = new MemoryQueue()
      const dispatcher = new Dispatcher({ bot, queue, logger: new RecordingLogger(), ...options })
      const seen: string[] = []
      dispatcher.command("start", ({ attempt }) => void seen.push(`/start, attempt ${attempt}`))
      dispatcher.on(filters.text, () => void seen.push("a text"))
      dispatcher.start()
      await queue.put({ botId: bot.id, update: textUpdate("/start@suite_bot") })
      await dispatcher.stop()
      expect(seen).toEqual(["/start, attempt 2"])
      expect(calls.map((call) => call.method)).toEqual(["getMe", "getMe"])
    },
  )
})

describe("a command with other text around it", () => {
  const entities = (...list: [string, number, number][]) => ({
    entities: list.map(([type, offset, length]) => ({ type, offset, length })),
  })
  const heardIn = async (update: Update): Promise<string[]> => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: string[] = []
    dispatcher.command("start", ({ argument }) => void seen.push(argument))
    dispatcher.on(filters.command, () => void seen.push("a command"))
    await dispatcher.process(update)
    return seen
  }

  test("is found behind every entity that begins at the same place", async () => {
    const quoted = entities(["blockquote", 0, 10], ["bold", 0, 8], ["bot_command", 0, 6])
    expect(await heardIn(messageUpdate({ text: "/start now", ...quoted }))).toEqual(["now"])
  })

  test("is not found if another command is further behind", async () => {
    const later = entities(["bold", 0, 3], ["bot_command", 4, 6])
    expect(await heardIn(messageUpdate({ text: "now /start", ...later }))).toEqual([])
  })

  test.each([
    { entities: { 0: { type: "bot_command", offset: 0, length: 6 } } },
    { entities: [null, 5, "x"] },
    { entities: "bot_command" },
    { text: 5, ...entities(["bot_command", 0, 6]) },
    entities(["bot_command", 0, -1]),
    entities(["bot_command", 0, 9_000]),
  ])("tolerates other types in Telegram's fields: %j", async (fields) => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: unknown[] = []
    dispatcher.use((_, next) => next())
    dispatcher.on(filters.command, () => void seen.push("a command"))
    dispatcher.catch((error) => void seen.push(error))
    await dispatcher.process(messageUpdate({ text: "/start", ...fields }))
    expect(seen.filter((each) => each !== "a command")).toEqual([])
  })
})

describe("a command is handled in the places that its options name", () => {
  const commanded = (text: string, fields = "entities") => ({
    [fields === "entities" ? "text" : "caption"]: text,
    [fields]: [{ type: "bot_command", offset: 0, length: text.split(" ")[0]?.length }],
  })
  const photo = { photo: [], ...commanded("/start now", "caption_entities") }
  const heardWith = async (options: MessageLookup | undefined, update: Update) => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    const seen: string[] = []
    const handler = (ctx: Context & { argument: string }) =>
      void seen.push(`${ctx.updateType} ${ctx.argument}`)
    if (options) dispatcher.command("start", handler, options)
    else dispatcher.command("start", handler)
    await dispatcher.process(update)
    return seen
  }

  test.each<[string, MessageLookup, Update, string]>([
    ["a caption", { captions: true }, messageUpdate(photo), "message now"],
    [
      "a post of a channel",
      { types: ["channel_post"] },
      updateWith({ channel_post: messageOf({ chat: channel, ...commanded("/start now") }) }),
      "channel_post now",
    ],
    [
      "a message to a business account",
      { types: ["message", "business_message"] },
      updateWith({ business_message: messageOf(commanded("/start@Suite_Bot now")) }),
      "business_message now",
    ],
    [
      "an edited message",
      { types: ["edited_message"] },
      updateWith({ edited_message: messageOf(commanded("/start now")) }),
      "edited_message now",
    ],
    [
      "a caption in a channel",
      { types: ["channel_post"], captions: true },
      updateWith({ channel_post: messageOf({ chat: channel, ...photo }) }),
      "channel_post now",
    ],
  ])("in %s, and not without them", async (_, options, update, seen) => {
    expect(await heardWith(options, update)).toEqual([seen])
    expect(await heardWith(undefined, update)).toEqual([])
  })

  test("in texts, too, if captions are named", async () => {
    expect(await heardWith({ captions: true }, textUpdate("/start now"))).toEqual(["message now"])
  })

  test("the types are those for which Telegram is asked", () => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    dispatcher.command("start", () => {}, { types: ["channel_post", "business_message"] })
    expect(dispatcher.allowedUpdates).toEqual(["channel_post", "business_message"])
  })

  test.each([
    [{ types: [] }, "the `types` option"],
    [{ types: ["callback_query"] }, "the `types` option"],
    [{ types: ["constructor"] }, "the `types` option"],
    [{ types: "message" }, "the `types` option"],
    [{ captions: "yes" }, "the `captions` option"],
    [null, "an object of options"],
    ["x", "an object of options"],
  ])("%j is a TypeError", (options, wrong) => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    expect(() => dispatcher.command("start", () => {}, options as never)).toThrow(
      `Expected ${wrong}`,
    )
  })
})

describe("a pattern of commands", () => {
  const heardBy = async (pattern: RegExp, text: string, bot = namedBot()) => {
    const dispatcher = new Dispatcher({ bot, logger: new RecordingLogger() })
    const seen: string[] = []
    dispatcher.command(pattern, ({ match, command, args }) => {
      seen.push(`${match[1]} of ${command} with ${args.join()}`)
    })
    await dispatcher.process(textUpdate(text))
    return seen
  }
  const long = "a".repeat(59)

  test("searches the name as it was written", async () => {
    expect(await heardBy(/^view_(\w+)$/, "/view_Ab12 x y")).toEqual(["Ab12 of view_ab12 with x,y"])
    expect(await heardBy(/^view_(\w+)$/, `/view_${long}`)).toEqual([
      `${long} of view_${long} with `,
    ])
    expect(await heardBy(/^view_(\w+)$/, "/other")).toEqual([])
  })

  test("does not match a command for another bot, and asks for the bot's name if necessary", async () => {
    expect(await heardBy(/^view_(\w+)$/, "/view_1@Suite_Bot")).toEqual(["1 of view_1 with "])
    expect(await heardBy(/^view_(\w+)$/, "/view_1@Other_Bot")).toEqual([])
    const { bot } = keptBot(() => ({ id: 110, is_bot: true, username: "Suite_Bot" }))
    expect(await heardBy(/^view_(\w+)$/, "/view_1@Suite_Bot", bot)).toEqual(["1 of view_1 with "])
  })

  test("keeps no position between updates, whatever its flags", async () => {
    const pattern = /view_(\d)/gy
    expect(await heardBy(pattern, "/view_1")).toHaveLength(1)
    expect(await heardBy(pattern, "/view_1")).toHaveLength(1)
    expect(pattern.lastIndex).toBe(0)
  })

  test("a name can have as many letters as Telegram marks", async () => {
    const name = "x".repeat(64)
    expect(await heard(namedBot(), [`/${name}`], new RecordingLogger(), name)).toHaveLength(1)
  })
})
