import { expectParameters } from "../../bot/encode-parameters.js"
import { encodeResponseCall } from "../../bot/response-call.js"
import { withCallerStack } from "../../ground/call-place.js"
import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import type { FilledIn, Filling } from "./call-parameters.js"
import type { Handling } from "./handling.js"
import { missingTarget } from "./message-target.js"
import { targetIds } from "./target-ids.js"
import { isQueryTooOld } from "./too-old.js"

/**
 * The methods that `ctx.respond` accepts: all except the `get…` methods, which are useless without their
 * result, and the methods that change the webhook or end the session of the bot.
 */
export type RespondMethod = Exclude<
  ApiMethodName,
  `get${string}` | "setWebhook" | "deleteWebhook" | "close" | "logOut"
>

/** The ids of queries, which `ctx.respond` fills in as well as chat and message ids. */
type QueryId =
  | "callback_query_id"
  | "inline_query_id"
  | "shipping_query_id"
  | "pre_checkout_query_id"
  | "guest_query_id"
  | "widget_query_id"
  | "chat_join_request_query_id"

/** The methods for which ids are filled in. */
type TargetedMethod =
  | `send${string}`
  | `answer${string}`
  | `edit${"" | "Ephemeral"}Message${string}`
  | `delete${"" | "Ephemeral"}Message`

/** The parameters of a method. Ids that the update has are optional. */
export type RespondParameters<M extends RespondMethod> = M extends TargetedMethod
  ? Filling<M, FilledIn | QueryId>
  : ApiParameters<M>

/**
 * Puts a call into the HTTP response to the request that brought the update, and resolves at once. If that
 * response is missing, sent or already has a call, makes an ordinary call, and settles with that call.
 */
export async function respond(
  handling: Handling,
  method: RespondMethod,
  params: object = {},
): Promise<void> {
  handling.expectCommittable()
  withCallerStack(() => expectParameters(method, params))
  const { bot, update } = handling
  const allParams = { ...idsFor(method, update, params), ...params }
  if (offerResponse(handling, method, allParams)) return
  try {
    // The signal of an interrupted handler has aborted, but the handler may still answer.
    const options = handling.isInterrupted ? {} : { signal: handling.signal }
    await bot.call(method, bot.withDefaults(method, allParams), options)
  } catch (error) {
    if (method !== "answerCallbackQuery" || !isQueryTooOld(error)) throw error
  }
}

/** Puts a call into the HTTP response. Returns false if that response is missing, sent or already has a call. */
export function offerResponse(handling: Handling, method: RespondMethod, given: object): boolean {
  const { bot, response } = handling
  const params = bot.withDefaults(method, given)
  const json = response && encodeResponseCall(method, params)
  const makeSeparately = () => {
    const call = bot.call(method, params)
    call.catch((error: unknown) => {
      if (!isQueryTooOld(error)) handling.onUnawaitedError?.(error, method)
    })
  }
  if (json === undefined || !response?.offer({ json, makeSeparately })) return false
  handling.isAnswered ||= method.startsWith("answer")
  return true
}

/** Returns the ids to fill in; none if the parameters name a target. */
function idsFor(method: RespondMethod, update: Update, params: object): object {
  return method.startsWith("answer")
    ? queryIdFor(method, update, params)
    : targetIds("respond", method, update, params)
}

/** The parameter with the id of the query, and its place in the update, by method. */
const queryIds: Readonly<
  Record<string, readonly [string, (update: Update) => string | undefined]>
> = {
  answerCallbackQuery: ["callback_query_id", (update) => update.callback_query?.id],
  answerInlineQuery: ["inline_query_id", (update) => update.inline_query?.id],
  answerShippingQuery: ["shipping_query_id", (update) => update.shipping_query?.id],
  answerPreCheckoutQuery: ["pre_checkout_query_id", (update) => update.pre_checkout_query?.id],
  answerGuestQuery: ["guest_query_id", (update) => update.guest_message?.guest_query_id],
  answerWidgetQuery: [
    "widget_query_id",
    (update) => (update.widget_query ?? update.shared_widget_query)?.id,
  ],
  answerChatJoinRequestQuery: [
    "chat_join_request_query_id",
    (update) => update.chat_join_request?.query_id,
  ],
}

function queryIdFor(method: string, update: Update, params: object): object {
  const [name, idOf] = queryIds[method] ?? []
  if (name === undefined || idOf === undefined || name in params) return {}
  const id = idOf(update)
  if (id === undefined) throw missingTarget("respond", update, `a query for ${method}`)
  return { [name]: id }
}
