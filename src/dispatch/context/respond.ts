import { encodeResponseCall } from "../../bot/response-call.js"
import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import type { FilledIn, Filling } from "./call-parameters.js"
import type { Handling } from "./handling.js"
import { anyMessageOf, missing, ownMessageOf, placeOf } from "./message-target.js"

/** The methods whose result may be dropped. */
export type RespondMethod = Exclude<
  ApiMethodName,
  `get${string}` | "setWebhook" | "deleteWebhook" | "close" | "logOut"
>

/** The ids of queries, filled in in addition to the ids of every shortcut. */
type QueryId =
  | "callback_query_id"
  | "inline_query_id"
  | "shipping_query_id"
  | "pre_checkout_query_id"
  | "guest_query_id"

/** The methods whose ids the update has. */
type Aimed = `send${string}` | `answer${string}` | `editMessage${string}` | "deleteMessage"

/** The parameters of a method, the ids optional that the update has. */
export type RespondParameters<M extends RespondMethod> = M extends Aimed
  ? Filling<M, FilledIn | QueryId>
  : ApiParameters<M>

/** Puts a call into the HTTP response of the request that brought the update, or makes the call. */
export async function respond(
  handling: Handling,
  method: RespondMethod,
  params: object | undefined,
): Promise<void> {
  const { bot, update, response } = handling
  handling.expectRunning()
  const whole = { ...idsOf(method, update, params ?? {}), ...params }
  const json = response && encodeResponseCall(method, whole)
  const makeOtherwise = () => {
    bot.call(method, whole).catch((error: unknown) => handling.lost?.(error, method))
  }
  if (json !== undefined && response?.offer({ json, makeOtherwise })) return
  await bot.call(method, whole, { signal: handling.signal })
}

/** Returns the ids for a call that names no target. */
function idsOf(method: RespondMethod, update: Update, params: object): object {
  const isGiven = Object.keys(params).some((name) =>
    /^(?:chat|user|message|inline_message)_id$/.test(name),
  )
  if (method.startsWith("answer")) return questionOf(method, update, params)
  if (isGiven) return {}
  if (method.startsWith("send")) return placeOf("respond", method, update)
  if (method.startsWith("editMessage")) return anyMessageOf("respond", update)
  if (method !== "deleteMessage") return {}
  return ownMessageOf("respond", method, update)
}

const questions: Readonly<
  Record<string, readonly [string, (update: Update) => string | undefined]>
> = {
  answerCallbackQuery: ["callback_query_id", (update) => update.callback_query?.id],
  answerInlineQuery: ["inline_query_id", (update) => update.inline_query?.id],
  answerShippingQuery: ["shipping_query_id", (update) => update.shipping_query?.id],
  answerPreCheckoutQuery: ["pre_checkout_query_id", (update) => update.pre_checkout_query?.id],
  answerGuestQuery: ["guest_query_id", (update) => update.guest_message?.guest_query_id],
}

function questionOf(method: string, update: Update, params: object): object {
  const [name, find] = questions[method] ?? []
  if (name === undefined || find === undefined || name in params) return {}
  const id = find(update)
  if (id === undefined) throw missing("respond", update, `a question for ${method}`)
  return { [name]: id }
}
