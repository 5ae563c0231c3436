import { encodeParameters } from "./encode-parameters.js"

/** The longest answer that Telegram reads, in bytes. */
const maxBytes = 1_048_576

/** What Telegram does not carry out when it comes in an answer. */
const unfit = /^(?:get|(?:setwebhook|deletewebhook|close|logout)$)/i

/**
 * A call as Telegram reads it from the answer to a webhook's request; `undefined` for one that cannot
 * be made so: methods that get something, those about the webhook or the session, uploads, and more
 * than 1 MiB of JSON.
 *
 * @throws TypeError that names the parameter which cannot be sent
 * @see https://core.telegram.org/bots/api#making-requests-when-getting-updates
 */
export function encodeResponseCall(method: string, params?: object): string | undefined {
  const { fields, files } = encodeParameters(method, params)
  if (unfit.test(method) || files.length > 0) return undefined
  const json = JSON.stringify({ method, ...fields })
  return new TextEncoder().encode(json).length > maxBytes ? undefined : json
}
