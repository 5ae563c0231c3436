import { encodeResponseCall } from "../../bot/response-call.js"
import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import type { FilledIn, Filling } from "./call-parameters.js"
import type { Handling } from "./handling.js"
import { anyMessageOf, missingTarget, ownMessageOf, sendTargetOf } from "./message-target.js"

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

/** The methods for which ids are filled in. */
type TargetedMethod = `send${string}` | `answer${string}` | `editMessage${string}` | "deleteMessage"

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
  params: object | undefined,
): Promise<void> {
  const { bot, update, response } = handling
  handling.expectRunning()
  const allParams = { ...idsFor(method, update, params ?? {}), ...params }
  const json = response && encodeResponseCall(method, allParams)
  const makeOtherwise = () => {
    const call = bot.call(method, allParams)
    call.catch((error: unknown) => handling.onUnawaitedError?.(error, method))
  }
  if (json !== undefined && response?.offer({ json, makeOtherwise })) {
    handling.isAnswered ||= method.startsWith("answer")
    return
  }
  await bot.call(method, allParams, { signal: handling.signal })
}

/** Returns the ids to fill in; none if the parameters name a target. */
function idsFor(method: RespondMethod, update: Update, params: object): object {
  const namesTarget = Object.keys(params).some((name) =>
    /^(?:chat|user|message|inline_message)_id$/.test(name),
  )
  if (method.startsWith("answer")) return queryIdFor(method, update, params)
  if (namesTarget) return {}
  if (method.startsWith("send")) return sendTargetOf("respond", method, update)
  if (method.startsWith("editMessage")) return anyMessageOf("respond", update)
  if (method !== "deleteMessage") return {}
  return ownMessageOf("respond", method, update)
}

/** The parameter with the id of the query, and where the update has it, by method. */
const queryIds: Readonly<
  Record<string, readonly [string, (update: Update) => string | undefined]>
> = {
  answerCallbackQuery: ["callback_query_id", (update) => update.callback_query?.id],
  answerInlineQuery: ["inline_query_id", (update) => update.inline_query?.id],
  answerShippingQuery: ["shipping_query_id", (update) => update.shipping_query?.id],
  answerPreCheckoutQuery: ["pre_checkout_query_id", (update) => update.pre_checkout_query?.id],
  answerGuestQuery: ["guest_query_id", (update) => update.guest_message?.guest_query_id],
}

function queryIdFor(method: string, update: Update, params: object): object {
  const [name, idOf] = queryIds[method] ?? []
  if (name === undefined || idOf === undefined || name in params) return {}
  const id = idOf(update)
  if (id === undefined) throw missingTarget("respond", update, `a query for ${method}`)
  return { [name]: id }
}
