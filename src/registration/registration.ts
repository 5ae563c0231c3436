import type { Bot } from "../bot/index.js"
import { registrationSet } from "../events/index.js"
import { ApiError, SounderError } from "../telegram/errors.js"
import type { UpdateType } from "../telegram/api.js"
import { InputFile } from "../telegram/input-file.js"
import { explainWebhookError } from "../telegram/webhook-errors/explain-webhook-error.js"

/** The webhook as it should be at Telegram. */
export interface Registration {
  /** The URL, as it was given. */
  readonly url: string
  /**
   * The certificates to upload, as PEM text; `undefined` for one of a public authority. It changes
   * when the certificate does.
   */
  certificate: string | undefined
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

/** Whether two URLs are the same once both are written in the usual way. */
export function isSameUrl(one: string, other: string): boolean {
  if (one === other) return true
  return URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href
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
