import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { parametersByMethod } from "./known-methods.js"

/**
 * Parameters that the simulator does not support, by name; every method refuses them, except the
 * methods listed with the parameter.
 */
export const unsupportedParameters: Readonly<Record<string, readonly string[]>> = {
  direct_messages_topic_id: [],
  suggested_post_parameters: [],
  rich_message: [],
  media: ["sendMediaGroup", "editMessageMedia", "editEphemeralMessageMedia"],
  explanation_media: [],
  allow_adding_options: [],
  hide_results_until_closes: [],
  shuffle_options: [],
  subscription_period: [],
}

/**
 * Parameters of former Bot API versions that Telegram's server may still accept; they are not
 * supported.
 */
const formerParameters = ["receiver_user_id", "callback_query_id"]

/**
 * Parameters that are accepted without an effect, each with the place where Telegram would show the
 * effect, which is not simulated.
 */
export const parametersWithoutEffect: Readonly<Record<string, string>> = {
  disable_notification: "the sound on people's devices",
  disable_content_type_detection: "documents stay documents here",
  supports_streaming: "the video players of people's apps",
  is_big: "the animation of a reaction",
  cache_time: "the cache of people's apps",
  is_personal: "the cache of Telegram's servers",
  provider_data: "the payment provider",
  photo_url: "the picture of an invoice",
  photo_size: "the picture of an invoice",
  photo_width: "the picture of an invoice",
  photo_height: "the picture of an invoice",
  send_phone_number_to_provider: "the payment provider",
  send_email_to_provider: "the payment provider",
}

const methodsWithFormer =
  /^(send(?!ChatAction|Invoice|Widget|SharedWidget)|copyMessage$|forwardMessage$)/

/** Returns whether a method accepts a business connection; business accounts are not simulated. */
export function takesBusinessConnection(method: string): boolean {
  return parametersOf(method).includes("business_connection_id")
}

/** Returns the parameters of a method that the simulator refuses. */
export function refusedParameters(method: string): string[] {
  const former = methodsWithFormer.test(method) ? formerParameters : []
  const isRefused = (name: string) =>
    Object.hasOwn(unsupportedParameters, name) && !unsupportedParameters[name]?.includes(method)
  return [...parametersOf(method).filter(isRefused), ...former]
}

/**
 * Throws for a parameter that the simulator does not support, because ignoring it would let a test
 * pass wrongly. A flag with the value false has no effect and is accepted.
 */
export function refuseUnsupported(args: Arguments, refused: ReadonlySet<string>): void {
  if (refused.size === 0) return
  for (const name of args.names()) {
    if (!refused.has(name) || isUnset(args, name)) continue
    throw CallError.badRequest(`the simulator does not support the parameter ${name}`)
  }
}

function isUnset(args: Arguments, name: string): boolean {
  return args.file(name) === undefined && /^(?:|false|0|null)$/i.test(args.text(name).trim())
}

function parametersOf(method: string): readonly string[] {
  return parametersByMethod.get(method) ?? []
}
