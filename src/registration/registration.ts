import type { Bot } from "../bot/index.js"
import { registrationSet } from "../events/index.js"
import { ApiError, SounderError } from "../telegram/errors.js"
import type { UpdateType } from "../telegram/api.js"
import { InputFile } from "../telegram/input-file.js"
import { explainWebhookError } from "../telegram/webhook-errors/explain-webhook-error.js"

/** The webhook as it should be at Telegram. */
export interface Registration {
  /** The URL as it is sent to Telegram, in the spelling that was checked. */
  readonly url: string
  /** The certificates to upload, as PEM text; `undefined` for none. */
  readonly certificate: string | undefined
  /** `undefined` where Telegram's default is wanted. */
  readonly maxConnections: number | undefined
  /** `undefined` where what was set before is to stay. */
  readonly allowedUpdates: readonly UpdateType[] | undefined
  /** `undefined` where Telegram is to ask DNS. */
  readonly ipAddress: string | undefined
  /** `undefined` for none. */
  readonly secretToken: string | undefined
}

/**
 * Calls `setWebhook`.
 *
 * @throws SounderError `webhook-refused` when Telegram does not accept it
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export async function register(
  bot: Bot,
  wanted: Registration,
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
    throw isRefusal(error) ? refused(error) : error
  }
}

/**
 * Returns whether two URLs lead Telegram to the same place. Hosts are compared as DNS does, paths
 * letter by letter: Telegram sends a path as it was registered, dot segments and all.
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

/** The path and query as they were written. */
function targetOf(url: string): string {
  const [, target = ""] = /^[a-z]+:\/\/[^/?#]*(.*)$/is.exec(url) ?? []
  return target.startsWith("/") ? target : `/${target}`
}

function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.errorCode === 400
}

function refused(cause: ApiError): SounderError {
  const { description } = cause
  const { meaning, fix } = explainWebhookError(description)
  const what = `Telegram refused the webhook: ${description}. ${meaning} ${fix}`
  const message = `${what} No webhook is registered now: a refusal removes the one before`
  return new SounderError("webhook-refused", message, { cause })
}
