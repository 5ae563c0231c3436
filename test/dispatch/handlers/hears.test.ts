import { beforeEach, describe, expect, test } from "vitest"
import { Dispatcher, filters, type MessageLookup, Router } from "../../../src/dispatch/index.js"
import type { Update } from "../../../src/telegram/types.js"
import {
  channel,
  messageOf,
  messageUpdate,
  namedBot,
  textUpdate,
  updateWith,
} from "../../support/updates.js"

let dispatcher: Dispatcher
let seen: string[]
beforeEach(() => {
  dispatcher = new Dispatcher({ bot: namedBot() })
  seen = []
})

/** Returns a handler that records its name. */
const note = (name: string) => () => void seen.push(name)

async function seenAfter(...updates: readonly Update[]): Promise<string[]> {
  for (const update of updates) await dispatcher.process(update)
  return seen
}

describe("a handler of an exact text", () => {
  test("gets messages with the whole text, in the same case", async () => {
    dispatcher.hears("Menu", (ctx) => void seen.push(ctx.message.text))
    const texts = ["Menu", "menu", "Menu ", "the Menu", "Menus"]
    expect(await seenAfter(...texts.map((text) => textUpdate(text)))).toEqual(["Menu"])
  })

  test("can have several texts, and is called once for a text that is listed twice", async () => {
    dispatcher.hears(["Yes", "No", "Yes"], note("answer"))
    expect(await seenAfter(textUpdate("Yes"), textUpdate("No"))).toEqual(["answer", "answer"])
  })

  test("takes its turn among the other handlers in the order of registration", async () => {
    dispatcher.hears("/start", async (_, next) => {
      seen.push("text")
      await next()
    })
    dispatcher.on(filters.text, async (_, next) => {
      seen.push("any")
      await next()
    })
    dispatcher.command("start", async (_, next) => {
      seen.push("command")
      await next()
    })
    dispatcher.hears(["/start", "x"], note("last"))
    expect(await seenAfter(textUpdate("/start"))).toEqual(["text", "any", "command", "last"])
  })

  test("is found behind `route`, next to a command of the same text, and called once", async () => {
    const [one, two] = [new Router(), new Router()]
    one.command("start", async (_, next) => {
      seen.push("command")
      await next()
    })
    one.hears("/start", note("text"))
    two.on(filters.photo, note("photo"))
    dispatcher.route(() => "one", { one, two })
    expect(await seenAfter(textUpdate("/start"))).toEqual(["command", "text"])
  })

  test("is found behind `route` if another router takes every text", async () => {
    const [one, two] = [new Router(), new Router()]
    one.hears("Menu", note("menu"))
    two.on(filters.text, note("text"))
    dispatcher.route(() => "one", { one, two })
    expect(await seenAfter(textUpdate("Menu"), textUpdate("other"))).toEqual(["menu"])
  })

  test("can be removed", async () => {
    const registration = dispatcher.hears("Menu", note("menu"))
    registration.remove()
    expect(await seenAfter(textUpdate("Menu"))).toEqual([])
  })

  test.each(["text:Menu", "constructor", "__proto__", "caption text:Menu", "👋🏽", "x".repeat(4096)])(
    "can be for the text %s",
    async (text) => {
      dispatcher.hears(text, note("found"))
      expect(await seenAfter(textUpdate(text), textUpdate("Menu"))).toEqual(["found"])
    },
  )

  test("does not take a press whose data looks like its key", async () => {
    dispatcher.hears("Menu", note("menu"))
    dispatcher.callbackQuery("text:Menu", note("press"))
    const press = { id: "1", data: "text:Menu", from: messageOf({}).from, chat_instance: "1" }
    expect(await seenAfter(updateWith({ callback_query: press }))).toEqual(["press"])
  })

  test("survives a text that is no string", async () => {
    dispatcher.hears("Menu", note("menu"))
    const broken = [5, null, {}, ["Menu"]].map((text) => messageUpdate({ text }))
    expect(await seenAfter(...broken, textUpdate("Menu"))).toEqual(["menu"])
  })
})

describe("a handler of a pattern of texts", () => {
  test("has the match, also if the pattern has the flag g", async () => {
    dispatcher.hears(/(\d+)/g, (ctx) => void seen.push(ctx.match[1] ?? ""))
    expect(await seenAfter(textUpdate("no 5"), textUpdate("7"), textUpdate("x"))).toEqual([
      "5",
      "7",
    ])
  })
})

describe("captions and other types of messages", () => {
  const post = updateWith({ channel_post: messageOf({ chat: channel, text: "Menu" }) })
  const business = updateWith({ business_message: messageOf({ text: "Menu" }) })
  const caption = messageUpdate({ caption: "Menu" })

  test.each<["text" | "pattern", string | RegExp]>([
    ["text", "Menu"],
    ["pattern", /^Menu$/],
  ])("do not match a %s by default", async (_, text) => {
    if (typeof text === "string") dispatcher.hears(text, note("found"))
    else dispatcher.hears(text, note("found"))
    expect(await seenAfter(post, business, caption)).toEqual([])
  })

  test.each<[string, MessageLookup, Update]>([
    ["a channel post", { types: ["channel_post"] }, post],
    ["a message of a business account", { types: ["business_message"] }, business],
    ["a caption", { captions: true }, caption],
  ])("match if the options say so: %s", async (_, options, update) => {
    dispatcher.hears("Menu", async (__, next) => next(), options)
    dispatcher.hears(/^(Me)nu$/, (ctx) => void seen.push(ctx.match[1] ?? ""), options)
    dispatcher.hears("Menu", note("text"), options)
    dispatcher.use(note("other"))
    expect(await seenAfter(update)).toEqual(["Me"])
  })

  test("a pattern has `ctx.match` in a channel post, too, with a lifted filter", async () => {
    dispatcher.on(
      filters.channelPost(filters.regex(/^(M)/)),
      (ctx) => void seen.push(ctx.match[1] ?? ""),
    )
    expect(await seenAfter(post)).toEqual(["M"])
  })
})

test.each<[string, unknown, unknown?]>([
  ["an empty text", ""],
  ["an empty list", []],
  ["no text", undefined],
  ["a filter", filters.text],
  ["a list with a number", ["a", 5]],
  ["a wrong type", "a", { types: ["callback_query"] }],
  ["wrong captions", "a", { captions: "yes" }],
])("%s is a TypeError", (_, text, options) => {
  expect(() => dispatcher.hears(text as string, () => {}, options as MessageLookup)).toThrow(
    TypeError,
  )
})

test("Telegram is asked for the types of the options", () => {
  dispatcher.hears("a", () => {}, { types: ["channel_post", "edited_message"] })
  expect(dispatcher.allowedUpdates).toEqual(["edited_message", "channel_post"])
})
