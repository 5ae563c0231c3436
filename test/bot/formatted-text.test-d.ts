import { expectTypeOf, test } from "vitest"
import type { Bot } from "../../src/bot/index.js"
import type { Context } from "../../src/dispatch/index.js"
import type { ApiParameters } from "../../src/telegram/api.js"
import type { FormattedText } from "../../src/text/index.js"

declare const bot: Bot
declare const ctx: Context
declare const text: FormattedText

test("texts with entities accept a formatted text", () => {
  const chat_id = 1
  expectTypeOf<ApiParameters<"sendMessage">["text"]>().toEqualTypeOf<string | FormattedText>()
  expectTypeOf(bot.sendMessage).toBeCallableWith({ chat_id, text })
  expectTypeOf(bot.sendPhoto).toBeCallableWith({ chat_id, photo: "id", caption: text })
  expectTypeOf(bot.sendPoll).toBeCallableWith({ chat_id, question: text, options: [{ text }] })
  expectTypeOf(bot.sendMediaGroup).toBeCallableWith({
    chat_id,
    media: [
      { type: "photo", media: "a", caption: text },
      { type: "video", media: "b", caption: "plain" },
    ],
  })
  expectTypeOf(bot.sendMessage).toBeCallableWith({
    chat_id,
    text,
    reply_parameters: { message_id: 1, quote: text },
  })
  expectTypeOf(bot.answerInlineQuery).toBeCallableWith({
    inline_query_id: "1",
    results: [
      { type: "article", id: "1", title: "x", input_message_content: { message_text: text } },
    ],
  })
  expectTypeOf(bot.sendChecklist).toBeCallableWith({
    ...{ chat_id, business_connection_id: "b" },
    checklist: { title: text, tasks: [{ id: 1, text }] },
  })
})

test("the shortcuts of a context accept a formatted text", () => {
  expectTypeOf(ctx.reply).toBeCallableWith(text)
  expectTypeOf(ctx.edit).toBeCallableWith(text)
  expectTypeOf(ctx.editCaption).toBeCallableWith(text)
  expectTypeOf(ctx.replyWithPhoto).toBeCallableWith("id", { caption: text })
})

test("null switches a default off for a call", () => {
  expectTypeOf(bot.sendMessage).toBeCallableWith({
    ...{ chat_id: 1, text: "x", parse_mode: null, link_preview_options: null },
    disable_notification: null,
  })
  expectTypeOf(bot.sendMediaGroup).toBeCallableWith({
    chat_id: 1,
    media: [{ type: "photo", media: "a", caption: "x", parse_mode: null }],
  })
  // @ts-expect-error -- a text has no default
  void bot.sendMessage({ chat_id: 1, text: null })
})

test("texts without entities accept none", () => {
  // @ts-expect-error -- a notification has no formatting
  void bot.answerCallbackQuery({ callback_query_id: "1", text })
  // @ts-expect-error -- a description of a bot has no formatting
  void bot.setMyDescription({ description: text })
  // @ts-expect-error -- the label of a button has no formatting
  void ctx.reply("x", { reply_markup: { inline_keyboard: [[{ text, callback_data: "a" }]] } })
})
