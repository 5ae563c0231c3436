import type { Bot, CallOptions } from "../../bot/index.js"
import type { ApiParameters } from "../../telegram/api.js"
import type {
  CallbackQuery,
  ChatJoinRequest,
  InlineQuery,
  InlineQueryResult,
  Message,
  PreCheckoutQuery,
  SentGuestMessage,
  SharedWidgetQuery,
  ShippingQuery,
  Update,
  WidgetQuery,
} from "../../telegram/types.js"
import { missingTarget } from "./message-target.js"
import { isQueryTooOld } from "./too-old.js"

/** The answer to a press of a button. */
export type CallbackAnswer = Omit<ApiParameters<"answerCallbackQuery">, "callback_query_id">

/** The options of an answer to an inline query, in addition to its results. */
export type InlineAnswer = Omit<ApiParameters<"answerInlineQuery">, "inline_query_id" | "results">

/** The answer to a shipping query. */
export type ShippingAnswer = Omit<ApiParameters<"answerShippingQuery">, "shipping_query_id">

/** The answer to a pre-checkout query. */
export type PreCheckoutAnswer = Omit<
  ApiParameters<"answerPreCheckoutQuery">,
  "pre_checkout_query_id"
>

/**
 * The answer to a request to join: `"approve"`, `"decline"`, or `"queue"`, which leaves the decision to other
 * administrators.
 */
export type JoinAnswer = ApiParameters<"answerChatJoinRequestQuery">["result"]

/**
 * The arguments of `ctx.answer`, by the query of the update. Without a query the call does not compile.
 */
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
          : U extends WidgetUpdate
            ? [data?: string, call?: CallOptions]
            : U extends { chat_join_request: ChatJoinRequest }
              ? [result: JoinAnswer, call?: CallOptions]
              : [updateHasNoQuery: never]

/** The result of `ctx.answer`. */
export type AnswerResult<U extends Update> = U extends { guest_message: Message }
  ? SentGuestMessage
  : U extends QueryUpdate
    ? true
    : // `unknown` makes every narrowed context assignable to a plain `Context`.
      unknown

type QueryUpdate =
  | { callback_query: CallbackQuery }
  | { inline_query: InlineQuery }
  | { shipping_query: ShippingQuery }
  | { pre_checkout_query: PreCheckoutQuery }
  | { chat_join_request: ChatJoinRequest }
  | WidgetUpdate

type WidgetUpdate = { widget_query: WidgetQuery } | { shared_widget_query: SharedWidgetQuery }

/**
 * Answers the query of an update. `args` are the arguments of `ctx.answer`.
 *
 * @throws TypeError if the update has no query
 */
export function answer(bot: Bot, update: Update, args: readonly unknown[]): Promise<unknown> {
  const { callback_query, inline_query, shipping_query, pre_checkout_query, guest_message } = update
  if (callback_query) return answerCallback(bot, callback_query.id, args as never)
  if (inline_query) return answerInline(bot, inline_query.id, args as never)
  if (shipping_query) return answerShipping(bot, shipping_query.id, args as never)
  if (pre_checkout_query) return answerCheckout(bot, pre_checkout_query.id, args as never)
  if (guest_message?.guest_query_id !== undefined) {
    return answerGuest(bot, guest_message.guest_query_id, args as never)
  }
  const widgetQuery = update.widget_query ?? update.shared_widget_query
  if (widgetQuery) return answerWidget(bot, widgetQuery.id, args as never)
  const { chat_join_request: request } = update
  if (request?.query_id !== undefined) return answerJoin(bot, request.query_id, args as never)
  throw missingTarget("answer", update, "a query", request && noJoinQuery)
}

type Arguments<Key extends keyof Update> = AnswerArguments<
  Update & { [K in Key]: NonNullable<Update[K]> }
>

async function answerCallback(bot: Bot, id: string, [text, call]: Arguments<"callback_query">) {
  const options = typeof text === "string" ? { text } : text
  try {
    return await bot.answerCallbackQuery({ callback_query_id: id, ...options }, call)
  } catch (error) {
    // The button no longer shows a progress bar, so the user does not miss the answer.
    if (isQueryTooOld(error)) return true
    throw error
  }
}

function answerInline(bot: Bot, id: string, [results, options, call]: Arguments<"inline_query">) {
  return bot.answerInlineQuery({ inline_query_id: id, results, ...options }, call)
}

function answerShipping(bot: Bot, id: string, [options, call]: Arguments<"shipping_query">) {
  return bot.answerShippingQuery({ shipping_query_id: id, ...options }, call)
}

function answerCheckout(bot: Bot, id: string, [options, call]: Arguments<"pre_checkout_query">) {
  return bot.answerPreCheckoutQuery({ pre_checkout_query_id: id, ok: true, ...options }, call)
}

const noJoinQuery =
  ": Telegram sends one to the bot that processes the group's requests; call ctx.approve() or ctx.decline()"

function answerWidget(bot: Bot, id: string, [data, call]: Arguments<"widget_query">) {
  return bot.answerWidgetQuery({ widget_query_id: id, ...(data !== undefined && { data }) }, call)
}

function answerJoin(bot: Bot, id: string, [result, call]: Arguments<"chat_join_request">) {
  return bot.answerChatJoinRequestQuery({ chat_join_request_query_id: id, result }, call)
}

function answerGuest(bot: Bot, id: string, [result, call]: Arguments<"guest_message">) {
  return bot.answerGuestQuery({ guest_query_id: id, result }, call)
}
