import type { Bot } from "../bot/index.js"
import { registrationSet } from "../events/index.js"
import { ApiError, SounderError } from "../telegram/errors.js"
import type { UpdateType } from "../telegram/api.js"
import { InputFile } from "../telegram/input-file.js"
import { explainWebhookError } from "../telegram/webhook-errors/explain-webhook-error.js"

/** The parameters of `setWebhook` for the webhook that Telegram should have. */
export interface WebhookRegistration {
  /** The URL in the spelling that `expectWebhookUrl` returned. */
  readonly url: string
  /** The certificates to upload, as PEM text; `undefined` for none. */
  readonly certificate: string | undefined
  /** The largest number of concurrent requests; `undefined` for Telegram's default. */
  readonly maxConnections: number | undefined
  /** The update types; `undefined` to keep the types of the previous registration. */
  readonly allowedUpdates: readonly UpdateType[] | undefined
  /** The address that Telegram calls; `undefined` to let Telegram resolve the host name. */
  readonly ipAddress: string | undefined
  /** The secret; `undefined` for none. */
  readonly secretToken: string | undefined
}

/**
 * Calls `setWebhook`. Rejects with `webhook-refused` if Telegram refuses the webhook, and with the call's
 * own error if the call fails in another way. An abort ends the call.
 *
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export async function register(
  bot: Bot,
  wanted: WebhookRegistration,
  options: { readonly dropPendingUpdates?: boolean; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { url, certificate, maxConnections, allowedUpdates, ipAddress, secretToken } = wanted
  const parameters = {
    url,
    ...(certificate !== undefined && {
      certificate: InputFile.bytes(certificate, { filename: "cert.pem" }),
    }),
    ...(ipAddress !== undefined && { ip_address: ipAddress }),
    ...(maxConnections !== undefined && { max_connections: maxConnections }),
    ...(allowedUpdates !== undefined && { allowed_updates: [...allowedUpdates] }),
    ...(options.dropPendingUpdates && { drop_pending_updates: true as const }),
    ...(secretToken !== undefined && { secret_token: secretToken }),
  }
  try {
    await bot.setWebhook(parameters, { signal: options.signal })
    if (registrationSet.hasSubscribers) registrationSet.publish({ botId: bot.id, url })
  } catch (error) {
    throw isRefusal(error) ? refusalError(error) : error
  }
}

/**
 * Returns true if Telegram sends the same requests for two URLs. Hosts are compared without regard to
 * case. Paths and queries are compared exactly, because Telegram sends them as they were registered,
 * without resolving dot segments.
 */
export function isSameUrl(one: string, other: string): boolean {
  if (one === other) return true
  if (!URL.canParse(one) || !URL.canParse(other)) return false
  return siteOf(one) === siteOf(other) && targetOf(one) === targetOf(other)
}

function siteOf(url: string): string {
  const { origin, username, password } = new URL(url)
  return `${username}:${password}@${origin}`
}

/** Returns the path and query of a URL as they were written, without normalization. */
function targetOf(url: string): string {
  const [, target = ""] = /^[a-z]+:\/\/[^/?#]*(.*)$/is.exec(url) ?? []
  return target.startsWith("/") ? target : `/${target}`
}

function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.errorCode === 400
}

function refusalError(cause: ApiError): SounderError {
  const { description } = cause
  const { meaning, fix } = explainWebhookError(description)
  const reason = `Telegram refused the webhook: ${description}. ${meaning} ${fix}`
  const message = `${reason} No webhook is registered now: a refusal also removes the previous webhook`
  return new SounderError("webhook-refused", message, { cause })
}
