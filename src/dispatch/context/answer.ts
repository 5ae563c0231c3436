import type { Bot, CallOptions } from "../../bot/index.js"
import type { ApiParameters } from "../../telegram/api.js"
import type {
  CallbackQuery,
  InlineQuery,
  InlineQueryResult,
  Message,
  PreCheckoutQuery,
  SentGuestMessage,
  ShippingQuery,
  Update,
} from "../../telegram/types.js"
import { missing } from "./message-target.js"

/** What a press of a button can be answered with. */
export type CallbackAnswer = Omit<ApiParameters<"answerCallbackQuery">, "callback_query_id">

/** What an inline query can be answered with beside its results. */
export type InlineAnswer = Omit<ApiParameters<"answerInlineQuery">, "inline_query_id" | "results">

/** What a question for the ways of shipping can be answered with. */
export type ShippingAnswer = Omit<ApiParameters<"answerShippingQuery">, "shipping_query_id">

/** What a question before a checkout can be answered with. */
export type PreCheckoutAnswer = Omit<
  ApiParameters<"answerPreCheckoutQuery">,
  "pre_checkout_query_id"
>

/** What `ctx.answer` takes, which depends on what is asked. Nothing can be given where nothing is. */
export type AnswerArguments<U extends Update> = U extends { callback_query: CallbackQuery }
  ? [text?: string | CallbackAnswer, call?: CallOptions]
  : U extends { inline_query: InlineQuery }
    ? [results: readonly InlineQueryResult[], options?: InlineAnswer, call?: CallOptions]
    : U extends { shipping_query: ShippingQuery }
      ? [answer: ShippingAnswer, call?: CallOptions]
      : U extends { pre_checkout_query: PreCheckoutQuery }
        ? [answer?: PreCheckoutAnswer, call?: CallOptions]
        : U extends { guest_message: Message }
          ? [result: InlineQueryResult, call?: CallOptions]
          : [nothingIsAsked: never]

/** What `ctx.answer` resolves with. */
export type AnswerResult<U extends Update> = U extends { guest_message: Message }
  ? SentGuestMessage
  : U extends Question
    ? true
    : // Nothing can be answered where nothing is asked; so every context is a plain `Context`.
      unknown

type Question =
  | { callback_query: CallbackQuery }
  | { inline_query: InlineQuery }
  | { shipping_query: ShippingQuery }
  | { pre_checkout_query: PreCheckoutQuery }

/** Answers what an update asks. */
export function answer(bot: Bot, update: Update, given: readonly unknown[]): Promise<unknown> {
  const { callback_query, inline_query, shipping_query, pre_checkout_query, guest_message } = update
  if (callback_query) return answerCallback(bot, callback_query.id, given as never)
  if (inline_query) return answerInline(bot, inline_query.id, given as never)
  if (shipping_query) return answerShipping(bot, shipping_query.id, given as never)
  if (pre_checkout_query) return answerCheckout(bot, pre_checkout_query.id, given as never)
  if (guest_message?.guest_query_id !== undefined) {
    return answerGuest(bot, guest_message.guest_query_id, given as never)
  }
  throw missing("answer", update, "a question")
}

type Given<Key extends keyof Update> = AnswerArguments<
  Update & { [K in Key]: NonNullable<Update[K]> }
>

function answerCallback(bot: Bot, id: string, [text, call]: Given<"callback_query">) {
  const options = typeof text === "string" ? { text } : text
  return bot.answerCallbackQuery({ callback_query_id: id, ...options }, call)
}

function answerInline(bot: Bot, id: string, [results, options, call]: Given<"inline_query">) {
  return bot.answerInlineQuery({ inline_query_id: id, results, ...options }, call)
}

function answerShipping(bot: Bot, id: string, [options, call]: Given<"shipping_query">) {
  return bot.answerShippingQuery({ shipping_query_id: id, ...options }, call)
}

function answerCheckout(bot: Bot, id: string, [options, call]: Given<"pre_checkout_query">) {
  return bot.answerPreCheckoutQuery({ pre_checkout_query_id: id, ok: true, ...options }, call)
}

function answerGuest(bot: Bot, id: string, [result, call]: Given<"guest_message">) {
  return bot.answerGuestQuery({ guest_query_id: id, result }, call)
}
