import { describe, expect, test } from "vitest"
import { Bot, filters, type Router } from "../../src/index.js"
import { fromMarkdown } from "../../src/markdown/index.js"
import {
  type StreamedAnswer,
  streaming,
  type StreamContext,
  type StreamOptions,
  type StreamSource,
} from "../../src/stream/index.js"
import { peopleEach } from "../support/people.js"
import { untilTrue } from "../support/waiting.js"
import { at, Pieces } from "./pieces.js"

const stage = peopleEach()
const patience = { timeoutMs: 60_000 }

/** Handles texts with a stream. Returns the answers and the errors of the handler. */
function onText(source: () => StreamSource, options: StreamOptions = {}) {
  const heard: { answers: StreamedAnswer[]; errors: unknown[]; bot: Router<StreamContext> } = {
    answers: [],
    errors: [],
    bot: streaming(stage.dispatcher, { paceMs: 10 }),
  }
  heard.bot.on(filters.text, async (ctx) => {
    heard.answers.push(await ctx.stream(source(), options))
  })
  stage.dispatcher.catch((error) => void heard.errors.push(error.cause))
  return heard
}

/** Waits for the draft with a text. */
async function seesDraft(text: string) {
  for (;;) {
    const draft = await stage.ada.seesDraft(patience)
    if (draft.text === text) return draft
  }
}

async function begin(text = "a question") {
  await stage.updater.startPolling()
  await stage.ada.send(stage.account, text)
}

const sentTexts = () => stage.calls("sendMessage").map(({ params }) => params["text"])

describe("in a private chat", () => {
  test("an answer grows as a draft with a button to stop it, and is sent at its end", async () => {
    const pieces = new Pieces()
    const { answers } = onText(() => pieces)
    await begin()
    const thinking = await seesDraft("")
    pieces.give("Hello")
    await seesDraft("Hello")
    pieces.give(", ", "Ada")
    const last = await seesDraft("Hello, Ada")
    pieces.end()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "Hello, Ada" })
    expect(last).toMatchObject({ id: thinking.id, canStop: true })
    await untilTrue(() => answers.length === 1)
    expect(answers).toMatchObject([
      { text: "Hello, Ada", isStopped: false, messages: [{ text: "Hello, Ada" }] },
    ])
    expect(sentTexts()).toEqual(["Hello, Ada"])
  })

  test("a fast source causes one message, and no draft for each piece", async () => {
    onText(() => at(..."one two three four five".split(/(?= )/)), { paceMs: 60_000 })
    await begin()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "one two three four five" })
    expect(stage.calls("sendMessageDraft").length).toBeLessThanOrEqual(1)
  })

  test("a source of ten thousand pieces that are ready at once makes a few calls, and delays no other work", async () => {
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    async function* fast() {
      for (let piece = 0; piece < 10_000; piece += 1) {
        if (piece === 9_999) expect(turns).toBeGreaterThan(0)
        yield "x "
      }
    }
    const { answers } = onText(fast, { paceMs: 100 })
    await begin()
    await untilTrue(() => answers.length === 1)
    clearInterval(timer)
    expect(answers[0]?.messages.map(({ text }) => text.length)).toEqual([
      4_095, 4_095, 4_095, 4_095, 3_615,
    ])
    expect(
      stage.telegram.calls.filter(({ method }) => method.startsWith("send")).length,
    ).toBeLessThan(60)
  }, 120_000)

  test("a piece of 10,000 characters is cut at words into messages of at most 4,096", async () => {
    const text = "lorem ipsum dolor ".repeat(560)
    const { answers } = onText(() => at(text))
    await begin()
    await untilTrue(() => answers.length === 1)
    const texts = answers[0]?.messages.map((message) => message.text) ?? []
    expect(texts).toHaveLength(3)
    expect(texts.every((part) => part.length <= 4_096 && /^lorem|^ipsum|^dolor/.test(part))).toBe(
      true,
    )
    expect(texts.join(" ")).toBe(text.trim())
  }, 60_000)

  test("an empty stream sends nothing", async () => {
    const { answers } = onText(() => at())
    await begin()
    await untilTrue(() => answers.length === 1)
    expect(answers).toEqual([{ messages: [], text: "", isStopped: false }])
    expect(sentTexts()).toEqual([])
  })

  test("a stream of white space sends nothing", async () => {
    const { answers } = onText(() => at(" ", "\n\n"))
    await begin()
    await untilTrue(() => answers.length === 1)
    expect(answers[0]?.messages).toEqual([])
    expect(sentTexts()).toEqual([])
  })

  test("Markdown that is open at every cut is always shown with closed formats", async () => {
    const pieces = new Pieces()
    onText(() => pieces, { format: fromMarkdown })
    await begin()
    pieces.give("This is **bo")
    expect(await seesDraft("This is bo")).toMatchObject({ entities: [{ type: "bold", length: 2 }] })
    pieces.give("ld** and `co")
    expect(await seesDraft("This is bold and co")).toMatchObject({
      entities: [{ type: "bold" }, { type: "code", length: 2 }],
    })
    pieces.give("de`.")
    pieces.end()
    expect(await stage.ada.hears(patience)).toMatchObject({
      text: "This is bold and code.",
      entities: [
        { type: "bold", offset: 8, length: 4 },
        { type: "code", offset: 17, length: 4 },
      ],
    })
  })

  test("each beginning of a Markdown text is accepted by Telegram", async () => {
    const text =
      "# A\n\n**b _c_** [d](https://e.f) ~~g~~\n\n```js\nh()\n```\n\n| i | j |\n|---|---|\n| k | l |\n"
    const pieces = new Pieces()
    onText(() => pieces, { format: fromMarkdown, paceMs: 0 })
    await begin()
    for (const piece of text) {
      const before = stage.calls("sendMessageDraft").length
      pieces.give(piece)
      await untilTrue(() => stage.calls("sendMessageDraft").length > before)
    }
    pieces.end()
    await stage.ada.hears(patience)
    const statuses = stage.telegram.calls.filter(({ method }) => method === "sendMessageDraft")
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200]))
  }, 120_000)

  test("a bot's default parse mode does not change the text", async () => {
    const { apiRoot } = stage.telegram
    await using bot = new Bot(stage.account.token, { apiRoot, defaults: { parse_mode: "HTML" } })
    await stage.deploy({ bot })
    const pieces = new Pieces()
    onText(() => pieces)
    await begin()
    pieces.give("1 < 2")
    await seesDraft("1 < 2")
    pieces.end()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "1 < 2" })
    await stage.updater.stop({ deadlineMs: 1_000 })
  })

  test("429 in drafts makes them rarer, and the answer is sent", async () => {
    const pieces = new Pieces()
    const { errors } = onText(() => pieces)
    stage.telegram.fault("sendMessageDraft", { retryAfter: 1 })
    await begin()
    await untilTrue(() => stage.calls("sendMessageDraft").length === 1)
    pieces.give("slowly")
    await seesDraft("slowly")
    pieces.end()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "slowly" })
    expect(errors).toEqual([])
  })

  test("429 in the final message is waited for, as often as it comes", async () => {
    const { answers, errors } = onText(() => at("at last"))
    stage.telegram.fault("sendMessage", { retryAfter: 1 }, 5)
    await begin()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "at last" })
    await untilTrue(() => answers.length === 1)
    expect(errors).toEqual([])
  }, 90_000)

  test("a server error or a broken connection in a draft does not end the stream", async () => {
    const pieces = new Pieces()
    onText(() => pieces)
    stage.telegram.fault("sendMessageDraft", { status: 502 })
    await begin()
    await untilTrue(() => stage.calls("sendMessageDraft").length === 1)
    pieces.give("still here")
    await seesDraft("still here")
    pieces.end()
    await stage.ada.hears(patience)
  })

  test("where Telegram refuses drafts, the answer grows as a message", async () => {
    const pieces = new Pieces()
    const { answers } = onText(() => pieces)
    stage.telegram.fault("sendMessageDraft", { status: 400, description: "Bad Request: no drafts" })
    await begin()
    pieces.give("one")
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "one" })
    pieces.give(" two")
    expect(await stage.ada.seesEdit(patience)).toMatchObject({ text: "one two" })
    pieces.end()
    await untilTrue(() => answers.length === 1)
    expect(sentTexts()).toEqual(["one"])
  })

  test("a person who blocks the bot ends the stream, and its source", async () => {
    const pieces = new Pieces()
    const { errors } = onText(() => pieces)
    await begin()
    await seesDraft("")
    stage.ada.block(stage.account)
    pieces.give("nobody reads this")
    await pieces.returned
    await untilTrue(() => errors.length === 1)
    expect(errors[0]).toMatchObject({ code: "forbidden" })
    expect(sentTexts()).toEqual([])
  })

  test("two streams of one handler have drafts of their own, and are sent as two messages", async () => {
    const [one, other] = [new Pieces(), new Pieces()]
    const bot = streaming(stage.dispatcher, { paceMs: 10 })
    bot.on(filters.text, (ctx) => Promise.all([ctx.stream(one), ctx.stream(other)]))
    await begin()
    one.give("1")
    const first = await seesDraft("1")
    other.give("2")
    const second = await seesDraft("2")
    expect(first.id).not.toBe(second.id)
    one.end()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "1" })
    other.end()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "2" })
  })

  test("a stream that no code awaits is still sent, and its error is the handler's", async () => {
    const bot = streaming(stage.dispatcher, { paceMs: 10 })
    const errors: unknown[] = []
    stage.dispatcher.catch((error) => void errors.push(error.cause))
    bot.on(filters.text, (ctx) => {
      void ctx.stream(at("not awaited"))
      void ctx.stream(() => {
        throw new RangeError("no model")
      })
    })
    await begin()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "not awaited" })
    await untilTrue(() => errors.length === 1)
    expect(errors).toEqual([new RangeError("no model")])
  })
})

describe("the parameters of the messages", () => {
  test("the first message is the reply, the last one has the keyboard, and all have the link preview", async () => {
    const reply_markup = { inline_keyboard: [[{ text: "Again", callback_data: "again" }]] }
    const bot = streaming(stage.dispatcher, { paceMs: 10 })
    bot.on(filters.text, (ctx) =>
      ctx.stream(at("word ".repeat(1_000)), {
        message: {
          reply_markup,
          reply_parameters: { message_id: ctx.message.message_id },
          link_preview_options: { is_disabled: true },
          disable_notification: true,
        },
      }),
    )
    await begin()
    const [first, last] = [await stage.ada.hears(patience), await stage.ada.hears(patience)]
    expect(first.reply_to_message?.text).toBe("a question")
    expect([first.reply_markup, last.reply_to_message]).toEqual([undefined, undefined])
    expect(last.reply_markup).toEqual(reply_markup)
    for (const { params } of stage.calls("sendMessage")) {
      expect(params).toMatchObject({ disable_notification: "true" })
      expect(JSON.parse(String(params["link_preview_options"]))).toEqual({ is_disabled: true })
    }
  }, 60_000)

  test("options of a wrong kind are refused before any call", async () => {
    const wrong: [object, string][] = [
      [{ format: "markdown" }, "format"],
      [{ message: { parse_mode: "HTML" } }, "message.parse_mode"],
      [{ message: { entities: [] } }, "message.entities"],
      [{ view: "draft" }, "view"],
      [{ paceMs: -1 }, "paceMs"],
      [{ canStop: "yes" }, "canStop"],
      [{ onStop: "throw" }, "onStop"],
      [{ onError: 1 }, "onError"],
    ]
    for (const [options, name] of wrong) {
      expect(() => streaming(stage.dispatcher, options)).toThrow(
        expect.objectContaining({ name: "TypeError", message: expect.stringContaining(name) }),
      )
    }
    const { errors } = onText(() => at("x"), wrong[0]?.[0])
    await begin()
    await untilTrue(() => errors.length === 1)
    expect(errors[0]).toBeInstanceOf(TypeError)
    expect(stage.calls("sendMessageDraft")).toEqual([])
  })

  test("options that are not an object are refused before any call", async () => {
    const { errors } = onText(() => at("x"), "fast" as StreamOptions)
    await begin()
    await untilTrue(() => errors.length === 1)
    expect(String(errors[0])).toContain("ctx.stream(source, { paceMs })")
    expect(sentTexts()).toEqual([])
  })

  test.for([
    ["no iterable", { choices: [] }, "async iterable"],
    [
      "an iterable of objects",
      (async function* () {
        yield { text: "x" }
      })(),
      "each piece of the stream to be a string",
    ],
  ] as const)("a source that is %s is a mistake with a reason", async ([, source, reason]) => {
    // A program without types can pass this.
    const { errors } = onText(() => source as unknown as StreamSource)
    await begin()
    await untilTrue(() => errors.length === 1)
    expect(errors[0]).toMatchObject({ name: "TypeError", message: expect.stringContaining(reason) })
    expect(sentTexts()).toEqual([])
  })
})

test("the router asks Telegram for the updates that stop an answer", () => {
  onText(() => at("x"))
  expect(stage.dispatcher.allowedUpdates).toEqual(["message", "stopped_message_generation"])
})
