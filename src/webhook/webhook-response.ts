import { webhookRefused, type WebhookRefusalReason } from "../events/index.js"

/** The answer of a webhook as a plain value, which any server can send. */
export interface WebhookResponse {
  /** The HTTP status. */
  readonly status: number
  /** The headers, with names in lower case. The server has to add `content-length`. */
  readonly headers: Readonly<Record<string, string>>
  /** The body: empty or a call of the bot for an accepted update, a reason for a refused request. */
  readonly body: string
  /** The function to call if the answer cannot be sent: it makes the bot's call by an ordinary request. */
  readonly onUnsent?: () => void
  /** The reason of a refusal; absent for an accepted update. */
  readonly reason?: WebhookRefusalReason
}

/** The answer that acknowledges an update: Telegram may forget it. */
export const acknowledged: WebhookResponse = { status: 200, headers: {}, body: "" }

/** The refusals with a fixed text, which contains nothing from the request. */
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
 * Returns an answer with 503, after which Telegram sends the update again.
 *
 * @param seconds the pause for `Retry-After`, from 1 to 5: Telegram drops an update that would become
 *   too old in a longer pause
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

/** Publishes a refusal to the subscribers of its diagnostics channel, and returns the answer. */
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

/** Returns an answer with one line of text. */
export function textResponse(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): WebhookResponse {
  const type = { "content-type": "text/plain; charset=utf-8" }
  return { status, headers: { ...type, ...headers }, body: `${body}\n` }
}
