import { webhookRefused, type WebhookRefusalReason } from "../events/index.js"

/** What a webhook answers. A plain value, for any server to send. */
export interface WebhookResponse {
  /** The HTTP status. */
  readonly status: number
  /** Names in lower case; `content-length` is left to the server. */
  readonly headers: Readonly<Record<string, string>>
  /** A text for people who try by hand; empty where the update was taken. */
  readonly body: string
  /** To be called instead where the answer cannot be sent any more: a call of the bot rides in it. */
  readonly onUnsent?: () => void
  /** Why the request was refused; absent where it was not. */
  readonly reason?: WebhookRefusalReason
}

/** The update was taken: Telegram may forget it. */
export const taken: WebhookResponse = { status: 200, headers: {}, body: "" }

/** The answers that never vary; none repeats anything from its request. */
export const refusals = {
  path: refusal("path", 404, "There is nothing at this path."),
  address: refusal("address", 403, "Requests from this address are not accepted."),
  method: refusal("method", 405, "Telegram sends updates with POST.", { allow: "POST" }),
  secret: refusal("secret", 401, "The header X-Telegram-Bot-Api-Secret-Token is missing or wrong."),
  contentType: refusal(
    "content-type",
    415,
    "The body has to be application/json in UTF-8, not compressed.",
  ),
  length: refusal("length", 413, "The body is longer than this webhook accepts."),
  cut: refusal("cut", 400, "The body could not be read to its end."),
  body: refusal(
    "body",
    400,
    "The body is not an update: a JSON object in UTF-8 with an integer update_id.",
  ),
} as const

/**
 * Telegram is to send the update again.
 *
 * @param seconds when; from 1 to 5, because Telegram drops an update that would be older than its
 *   use by then
 */
export function unavailable(
  reason: WebhookRefusalReason,
  seconds: number,
  body: string,
): WebhookResponse {
  return refusal(reason, 503, body, { "retry-after": String(seconds) })
}

/** The answer while a bot is starting. */
export const starting = unavailable("starting", 1, "The bot is starting; send the update again.")

/** Tells who listens that a request is refused, and answers what it is answered with. */
export function announced(response: WebhookResponse, botId?: number): WebhookResponse {
  const { reason, status } = response
  if (reason && webhookRefused.hasSubscribers) webhookRefused.publish({ botId, reason, status })
  return response
}

function refusal(
  reason: WebhookRefusalReason,
  ...text: Parameters<typeof textResponse>
): WebhookResponse {
  return { ...textResponse(...text), reason }
}

/** An answer in a line of text. */
export function textResponse(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): WebhookResponse {
  const type = { "content-type": "text/plain; charset=utf-8" }
  return { status, headers: { ...type, ...headers }, body: `${body}\n` }
}
