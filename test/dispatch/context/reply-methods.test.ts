import { beforeEach, describe, expect, test } from "vitest"
import type { Bot } from "../../../src/bot/index.js"
import type { Context } from "../../../src/dispatch/index.js"
import type { Update } from "../../../src/telegram/types.js"
import {
  ada,
  group,
  keptBot,
  messageOf,
  messageUpdate,
  pressUpdate,
  textUpdate,
  updateWith,
  withContext,
} from "../../support/updates.js"

let bot: Bot
let calls: readonly { readonly method: string; readonly params: unknown }[]

beforeEach(() => {
  ;({ bot, calls } = keptBot())
})

const within = (update: Update, act: (ctx: Context<never>) => unknown) =>
  withContext(bot, update, act)

describe("a reply", () => {
  test("goes to the chat and has no quote", async () => {
    await within(textUpdate("x"), (ctx) => ctx.reply("Hello!"))
    expect(calls).toEqual([{ method: "sendMessage", params: { chat_id: 7, text: "Hello!" } }])
  })

  test("goes to the topic, the business account and the direct messages it came from", async () => {
    const fields = {
      chat: group,
      is_topic_message: true,
      message_thread_id: 5,
      business_connection_id: "b",
      direct_messages_topic: { topic_id: 9 },
    }
    await within(updateWith({ business_message: messageOf(fields) }), (ctx) => ctx.reply("x"))
    expect(calls[0]?.params).toEqual({
      chat_id: -100,
      message_thread_id: 5,
      business_connection_id: "b",
      direct_messages_topic_id: 9,
      text: "x",
    })
  })

  test("goes to no thread of replies, which is not a topic", async () => {
    await within(messageUpdate({ chat: group, message_thread_id: 5 }), (ctx) => ctx.reply("x"))
    expect(calls[0]?.params).toEqual({ chat_id: -100, text: "x" })
  })

  test("to a press goes to the chat and topic of its message", async () => {
    const message = messageOf({ chat: group, is_topic_message: true, message_thread_id: 5 })
    await within(pressUpdate("x", { message }), (ctx) => ctx.reply("x"))
    expect(calls[0]?.params).toEqual({ chat_id: -100, message_thread_id: 5, text: "x" })
  })

  test("to a new business connection goes to its user, by the bot itself", async () => {
    const connection = { id: "b", user: ada, user_chat_id: 7 }
    await within(updateWith({ business_connection: connection }), (ctx) => ctx.reply("x"))
    expect(calls[0]?.params).toEqual({ chat_id: 7, text: "x" })
  })

  test("prefers given parameters to filled-in ones", async () => {
    const options = { chat_id: 8, parse_mode: "HTML" as const, message_thread_id: 4 }
    await within(textUpdate("x"), (ctx) => ctx.reply("x", options))
    expect(calls[0]?.params).toEqual({ ...options, text: "x" })
  })

  test("takes an abort signal as its last argument", async () => {
    await within(textUpdate("x"), async (ctx) => {
      await expect(
        ctx.reply("x", {}, { signal: AbortSignal.abort(new Error("enough")) }),
      ).rejects.toThrow("enough")
    })
  })

  const sent: [string, string, (ctx: Context) => Promise<unknown>, object][] = [
    ["replyWithPhoto", "sendPhoto", (ctx) => ctx.replyWithPhoto("f"), { photo: "f" }],
    ["replyWithAudio", "sendAudio", (ctx) => ctx.replyWithAudio("f"), { audio: "f" }],
    ["replyWithDocument", "sendDocument", (ctx) => ctx.replyWithDocument("f"), { document: "f" }],
    ["replyWithVideo", "sendVideo", (ctx) => ctx.replyWithVideo("f"), { video: "f" }],
    ["replyWithAnimation", "sendAnimation", (c) => c.replyWithAnimation("f"), { animation: "f" }],
    ["replyWithVoice", "sendVoice", (ctx) => ctx.replyWithVoice("f"), { voice: "f" }],
    ["replyWithVideoNote", "sendVideoNote", (c) => c.replyWithVideoNote("f"), { video_note: "f" }],
    ["replyWithSticker", "sendSticker", (ctx) => ctx.replyWithSticker("f"), { sticker: "f" }],
    ["replyWithGame", "sendGame", (ctx) => ctx.replyWithGame("g"), { game_short_name: "g" }],
    ["replyWithMediaGroup", "sendMediaGroup", (c) => c.replyWithMediaGroup([]), { media: [] }],
    ["replyWithDice", "sendDice", (ctx) => ctx.replyWithDice({ emoji: "🎯" }), { emoji: "🎯" }],
    ["sendChatAction", "sendChatAction", (c) => c.sendChatAction("typing"), { action: "typing" }],
    [
      "replyWithRichMessage",
      "sendRichMessage",
      (ctx) => ctx.replyWithRichMessage({ html: "x" }),
      { rich_message: { html: "x" } },
    ],
    [
      "replyWithLivePhoto",
      "sendLivePhoto",
      (ctx) => ctx.replyWithLivePhoto({ live_photo: "v", photo: "p" }),
      { live_photo: "v", photo: "p" },
    ],
    [
      "replyWithLocation",
      "sendLocation",
      (ctx) => ctx.replyWithLocation({ latitude: 1, longitude: 2 }),
      { latitude: 1, longitude: 2 },
    ],
    [
      "replyWithVenue",
      "sendVenue",
      (ctx) => ctx.replyWithVenue({ latitude: 1, longitude: 2, title: "t", address: "a" }),
      { latitude: 1, longitude: 2, title: "t", address: "a" },
    ],
    [
      "replyWithContact",
      "sendContact",
      (ctx) => ctx.replyWithContact({ phone_number: "1", first_name: "A" }),
      { phone_number: "1", first_name: "A" },
    ],
    [
      "replyWithPoll",
      "sendPoll",
      (ctx) => ctx.replyWithPoll({ question: "q", options: [] }),
      { question: "q", options: [] },
    ],
    [
      "replyWithPaidMedia",
      "sendPaidMedia",
      (ctx) => ctx.replyWithPaidMedia({ star_count: 1, media: [] }),
      { star_count: 1, media: [] },
    ],
    [
      "replyWithInvoice",
      "sendInvoice",
      (ctx) =>
        ctx.replyWithInvoice({
          title: "t",
          description: "d",
          payload: "p",
          currency: "XTR",
          prices: [],
        }),
      { title: "t", description: "d", payload: "p", currency: "XTR", prices: [] },
    ],
  ]

  test.each(sent)("%s calls %s", async (_, method, act, params) => {
    await within(textUpdate("x"), act)
    expect(calls).toEqual([{ method, params: { chat_id: 7, ...params } }])
  })
})
