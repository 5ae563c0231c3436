import { withCallerStack } from "../ground/call-place.js"
import { encodeParameters } from "./encode-parameters.js"

/** The longest answer that Telegram reads, in bytes. */
const maxBytes = 1_048_576

/** The methods that Telegram does not carry out from the answer to a webhook request. */
const unfitMethods = /^(?:get|(?:setwebhook|deletewebhook|close|logout)$)/i

/**
 * Encodes a call for the body of the answer to a webhook request. Returns `undefined` for a call that
 * Telegram does not accept there: a `get…` method, a method about the webhook or the session, an upload, or
 * more than 1 MiB of JSON.
 *
 * @throws TypeError that names the refused parameter
 * @see https://core.telegram.org/bots/api#making-requests-when-getting-updates
 */
export function encodeResponseCall(method: string, params?: object): string | undefined {
  const { fields, files } = withCallerStack(() => encodeParameters(method, params))
  if (unfitMethods.test(method) || files.length > 0) return undefined
  const json = JSON.stringify({ method, ...fields })
  return new TextEncoder().encode(json).length > maxBytes ? undefined : json
}
