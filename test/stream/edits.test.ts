import type { SimulatedGroup } from "@sounder/simulator"
import { beforeEach, describe, expect, test } from "vitest"
import { type StreamedAnswer, streaming, type StreamOptions } from "../../src/stream/index.js"
import { peopleEach } from "../support/people.js"
import { untilTrue } from "../support/waiting.js"
import { at, Pieces } from "./pieces.js"

const stage = peopleEach()
const patience = { timeoutMs: 60_000 }
let group: SimulatedGroup
let answers: StreamedAnswer[]
let errors: unknown[]

beforeEach(() => {
  ;[answers, errors] = [[], []]
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  group = stage.telegram.group({ title: "Readers" }, stage.ada, stage.account)
})

/** Handles commands with a stream, and sends one in the group. */
async function begin(source: AsyncIterable<string>, options: StreamOptions = {}) {
  const bot = streaming(stage.dispatcher, { paceMs: 10 })
  bot.command("ask", async (ctx) => {
    answers.push(await ctx.stream(source, options))
  })
  await stage.updater.startPolling()
  await stage.ada.send(group, "/ask")
}

const edits = () => stage.calls("editMessageText")
const sent = () => stage.calls("sendMessage")

describe("in a group", () => {
  test("an answer grows as one message, while the chat shows that the bot is typing", async () => {
    const pieces = new Pieces()
    await begin(pieces)
    await untilTrue(() => stage.calls("sendChatAction").length > 0)
    pieces.give("Once")
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "Once" })
    pieces.give(" upon a time")
    expect(await stage.ada.seesEdit(patience)).toMatchObject({ text: "Once upon a time" })
    pieces.give(".")
    pieces.end()
    await untilTrue(() => answers.length === 1)
    expect(answers[0]?.messages).toMatchObject([
      { text: "Once upon a time.", chat: { id: group.id } },
    ])
    expect([sent().length, stage.calls("sendMessageDraft")]).toEqual([1, []])
  })

  test("an answer that is complete at once is one message without an edit", async () => {
    await begin(at("At ", "once"), { paceMs: 60_000 })
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "At once" })
    await untilTrue(() => answers.length === 1)
    expect(edits()).toEqual([])
  })

  test("a link has no preview while the text grows, and has one at the end", async () => {
    const pieces = new Pieces()
    await begin(pieces, { message: { link_preview_options: { prefer_large_media: true } } })
    pieces.give("See https://exam")
    await stage.ada.hears(patience)
    pieces.give("ple.com")
    await stage.ada.seesEdit(patience)
    pieces.end()
    await untilTrue(() => answers.length === 1)
    const previews = [...sent(), ...edits()].map(({ params }) =>
      JSON.parse(String(params["link_preview_options"])),
    )
    expect(previews.slice(0, -1).every((preview) => preview.is_disabled === true)).toBe(true)
    expect(previews.at(-1)).toEqual({ prefer_large_media: true })
  })

  test("a text that exceeds a message goes on in a second one", async () => {
    const pieces = new Pieces()
    await begin(pieces)
    pieces.give("word ".repeat(800))
    await stage.ada.hears(patience)
    pieces.give("next ".repeat(200))
    expect(await stage.ada.hears(patience)).toMatchObject({ text: expect.stringMatching(/^next/) })
    pieces.end()
    await untilTrue(() => answers.length === 1)
    const text = answers[0]?.messages.map((message) => message.text).join(" ")
    expect(text).toBe("word ".repeat(800) + "next ".repeat(200).trimEnd())
    expect(sent()).toHaveLength(2)
  }, 60_000)

  test("429 in an edit makes the edits rarer, and loses nothing", async () => {
    const pieces = new Pieces()
    stage.telegram.fault("editMessageText", { retryAfter: 1 }, 2)
    await begin(pieces)
    pieces.give("a")
    await stage.ada.hears(patience)
    pieces.give("b")
    await untilTrue(() => edits().length > 0)
    pieces.give("c")
    pieces.end()
    await untilTrue(() => answers.length === 1)
    expect(answers[0]?.messages).toMatchObject([{ text: "abc" }])
    expect(errors).toEqual([])
  }, 60_000)

  test("a message that a person has deleted meanwhile is sent again", async () => {
    const pieces = new Pieces()
    await begin(pieces)
    pieces.give("a")
    const { message_id } = await stage.ada.hears(patience)
    await stage.bot.deleteMessage({ chat_id: group.id, message_id })
    pieces.give("b")
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "ab" })
    pieces.end()
    await untilTrue(() => answers.length === 1)
    expect(sent()).toHaveLength(2)
  })

  test("with the view `nothing` only the answer is sent", async () => {
    const pieces = new Pieces()
    await begin(pieces, { view: "nothing" })
    pieces.give("a", "b")
    await untilTrue(() => stage.calls("sendChatAction").length > 0)
    expect(sent()).toEqual([])
    pieces.end()
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "ab" })
    expect(edits()).toEqual([])
  })

  test("a keyboard below the text field is sent with the first message, which cannot get it later", async () => {
    const reply_markup = { keyboard: [[{ text: "More" }]] }
    const pieces = new Pieces()
    await begin(pieces, { message: { reply_markup } })
    pieces.give("a")
    await stage.ada.hears(patience)
    pieces.give("b")
    pieces.end()
    await untilTrue(() => answers.length === 1)
    expect(JSON.parse(String(sent()[0]?.params["reply_markup"]))).toEqual(reply_markup)
    expect(edits().every(({ params }) => params["reply_markup"] === undefined)).toBe(true)
  })
})
