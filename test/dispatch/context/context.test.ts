import { beforeEach, describe, expect, test } from "vitest"
import type { Bot } from "../../../src/bot/index.js"
import type { Context } from "../../../src/dispatch/index.js"
import type { Update } from "../../../src/telegram/types.js"
import {
  ada,
  adasChat,
  channel,
  group,
  keptBot,
  messageOf,
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

describe("the properties of a context", () => {
  const kinds = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_message",
    "edited_business_message",
    "guest_message",
  ]

  test.each(kinds)("the message of a %s is its message", async (kind) => {
    const message = messageOf({ text: "x" })
    await within(updateWith({ [kind]: message }), (ctx) => {
      expect(ctx.message).toBe(message)
      expect(ctx.chat).toBe(message.chat)
      expect(ctx.from).toBe(ada)
      expect(ctx.updateType).toBe(kind)
      expect(ctx.bot).toBe(bot)
      expect(ctx.attempt).toBe(1)
    })
  })

  test("a press has the chat of its message and the user who pressed, but no message", async () => {
    await within(pressUpdate("x"), (ctx: Context) => {
      expect(ctx.message).toBeUndefined()
      expect(ctx.chat).toEqual(adasChat)
      expect(ctx.from).toEqual(ada)
      expect(ctx.callbackQuery?.data).toBe("x")
      expect(ctx.inlineQuery).toBeUndefined()
    })
  })

  test("ctx.matches applies a filter", async () => {
    await within(textUpdate("x"), (ctx: Context) => {
      expect(ctx.matches((update) => update.message?.text === "x")).toBe(true)
      expect(ctx.matches((update) => update.message?.text === "y")).toBe(false)
    })
  })

  test("ctx.signal is created once, and is not aborted", async () => {
    await within(textUpdate("x"), (ctx: Context) => {
      expect(ctx.signal).toBe(ctx.signal)
      expect(ctx.signal.aborted).toBe(false)
    })
  })
})

describe("an answer method", () => {
  const from = ada
  const answers: [string, Update, (ctx: Context<never>) => unknown, string, object][] = [
    [
      "a press with a text",
      pressUpdate("x"),
      (ctx) => Reflect.apply(ctx.answer, ctx, ["page 3"]),
      "answerCallbackQuery",
      { callback_query_id: "q1", text: "page 3" },
    ],
    [
      "a press with nothing",
      pressUpdate("x"),
      (ctx) => Reflect.apply(ctx.answer, ctx, []),
      "answerCallbackQuery",
      { callback_query_id: "q1" },
    ],
    [
      "a press with options",
      pressUpdate("x"),
      (ctx) => Reflect.apply(ctx.answer, ctx, [{ url: "t.me/x", cache_time: 5 }]),
      "answerCallbackQuery",
      { callback_query_id: "q1", url: "t.me/x", cache_time: 5 },
    ],
    [
      "an inline query with results and options",
      updateWith({ inline_query: { id: "i1", from, query: "", offset: "" } }),
      (ctx) => Reflect.apply(ctx.answer, ctx, [[], { is_personal: true }]),
      "answerInlineQuery",
      { inline_query_id: "i1", results: [], is_personal: true },
    ],
    [
      "a shipping query with a no",
      updateWith({ shipping_query: { id: "s1", from } }),
      (ctx) => Reflect.apply(ctx.answer, ctx, [{ ok: false, error_message: "Too far" }]),
      "answerShippingQuery",
      { shipping_query_id: "s1", ok: false, error_message: "Too far" },
    ],
    [
      "a pre-checkout query with a yes by default",
      updateWith({ pre_checkout_query: { id: "p1", from } }),
      (ctx) => Reflect.apply(ctx.answer, ctx, []),
      "answerPreCheckoutQuery",
      { pre_checkout_query_id: "p1", ok: true },
    ],
    [
      "a guest with a result",
      updateWith({ guest_message: messageOf({ guest_query_id: "g1" }) }),
      (ctx) => Reflect.apply(ctx.answer, ctx, [{ type: "article" }]),
      "answerGuestQuery",
      { guest_query_id: "g1", result: { type: "article" } },
    ],
  ]

  test.each(answers)("answers %s", async (_, update, act, method, params) => {
    await within(update, act)
    expect(calls).toEqual([{ method, params }])
  })
})

describe("the methods of the message", () => {
  const target = { chat_id: 7, message_id: 11 }
  const acts: [string, (ctx: Context) => Promise<unknown>, string, object][] = [
    ["edit", (ctx) => ctx.edit("y"), "editMessageText", { ...target, text: "y" }],
    ["editCaption", (c) => c.editCaption("y"), "editMessageCaption", { ...target, caption: "y" }],
    ["editCaption", (c) => c.editCaption(), "editMessageCaption", { ...target, caption: "" }],
    [
      "editMedia",
      (ctx) => ctx.editMedia({ type: "photo", media: "f" }),
      "editMessageMedia",
      { ...target, media: { type: "photo", media: "f" } },
    ],
    [
      "editReplyMarkup",
      (ctx) => ctx.editReplyMarkup(),
      "editMessageReplyMarkup",
      { ...target, reply_markup: { inline_keyboard: [] } },
    ],
    ["delete", (ctx) => ctx.delete(), "deleteMessage", target],
    [
      "pin",
      (ctx) => ctx.pin({ disable_notification: true }),
      "pinChatMessage",
      { ...target, disable_notification: true },
    ],
    ["unpin", (ctx) => ctx.unpin(), "unpinChatMessage", target],
    [
      "react",
      (ctx) => ctx.react("👍", { is_big: true }),
      "setMessageReaction",
      { ...target, reaction: [{ type: "emoji", emoji: "👍" }], is_big: true },
    ],
    ["react", (ctx) => ctx.react([]), "setMessageReaction", { ...target, reaction: [] }],
    [
      "forward",
      (ctx) => ctx.forward("@elsewhere", { protect_content: true }),
      "forwardMessage",
      { chat_id: "@elsewhere", from_chat_id: 7, message_id: 11, protect_content: true },
    ],
    ["copy", (ctx) => ctx.copy(5), "copyMessage", { chat_id: 5, from_chat_id: 7, message_id: 11 }],
    ["leave", (ctx) => ctx.leave(), "leaveChat", { chat_id: 7 }],
  ]

  test.each(acts)("%s fills in the ids of the message", async (_, act, method, params) => {
    await within(pressUpdate("x"), act)
    await within(textUpdate("x"), act)
    expect(calls).toEqual([
      { method, params },
      { method, params },
    ])
  })

  test("a message sent in inline mode is edited by its inline id", async () => {
    const inline = { message: undefined, inline_message_id: "i7" }
    await within(pressUpdate("x", inline), (ctx) => ctx.edit("y"))
    const chosen = { result_id: "r", from: ada, query: "", inline_message_id: "i8" }
    await within(updateWith({ chosen_inline_result: chosen }), (ctx) => ctx.edit("z"))
    expect(calls.map((call) => call.params)).toEqual([
      { inline_message_id: "i7", text: "y" },
      { inline_message_id: "i8", text: "z" },
    ])
  })

  test("a message of a business account is edited and deleted on its behalf", async () => {
    const update = updateWith({ business_message: messageOf({ business_connection_id: "b" }) })
    await within(update, (ctx) => ctx.edit("y"))
    await within(update, (ctx) => ctx.delete())
    expect(calls.map((call) => call.params)).toEqual([
      { chat_id: 7, message_id: 11, business_connection_id: "b", text: "y" },
      { business_connection_id: "b", message_ids: [11] },
    ])
  })

  test("a reaction to a reaction goes to its message", async () => {
    const reaction = { chat: group, message_id: 3, user: ada, old_reaction: [], new_reaction: [] }
    await within(updateWith({ message_reaction: reaction }), (ctx) => ctx.react("🎉"))
    expect(calls[0]?.params).toMatchObject({ chat_id: -100, message_id: 3 })
  })

  test("a request to join is approved or declined", async () => {
    const update = updateWith({ chat_join_request: { chat: channel, from: ada, user_chat_id: 7 } })
    await within(update, (ctx) => ctx.approve())
    await within(update, (ctx) => ctx.decline())
    expect(calls).toEqual([
      { method: "approveChatJoinRequest", params: { chat_id: -200, user_id: 7 } },
      { method: "declineChatJoinRequest", params: { chat_id: -200, user_id: 7 } },
    ])
  })
})

describe("a method that lacks the ids it fills in", () => {
  const inlineQuery = updateWith({ inline_query: { id: "i1", from: ada, query: "", offset: "" } })
  const mistakes: [string, Update, (ctx: Context<never>) => Promise<unknown>, string][] = [
    [
      "reply",
      inlineQuery,
      (ctx) => ctx.reply("x"),
      "ctx.reply() needs a chat, which this update (inline_query) does not have.",
    ],
    [
      "replyWithPhoto",
      inlineQuery,
      (c) => c.replyWithPhoto("x"),
      "ctx.replyWithPhoto() needs a chat",
    ],
    ["leave", updateWith({ poll: { id: "1" } }), (ctx) => ctx.leave(), "ctx.leave() needs a chat"],
    ["edit", inlineQuery, (ctx) => ctx.edit("x"), "ctx.edit() needs a message of a chat"],
    [
      "answer",
      textUpdate("x"),
      (c) => Reflect.apply(c.answer, c, []),
      "ctx.answer() needs a query",
    ],
    ["approve", textUpdate("x"), (ctx) => ctx.approve(), "ctx.approve() needs a request to join"],
    [
      "reply",
      updateWith({ guest_message: messageOf({}) }),
      (ctx) => ctx.reply("x"),
      "ctx.answer()",
    ],
    [
      "delete",
      pressUpdate("x", { message: undefined, inline_message_id: "i" }),
      (ctx) => ctx.delete(),
      "ctx.delete() needs a message of a chat",
    ],
  ]

  test.each(mistakes)("%s rejects with a TypeError that says so", async (_, update, act, says) => {
    await within(update, async (ctx) => {
      await expect(act(ctx)).rejects.toThrow(TypeError)
      await expect(act(ctx)).rejects.toThrow(says)
    })
    expect(calls).toEqual([])
  })
})
