import { errorClause } from "../ground/error-text.js"
import { withRetries } from "../intake/start-retries.js"
import { NetworkError } from "../telegram/errors.js"
import { redactTokens } from "../telegram/redact-tokens.js"
import type { WebhookInfo } from "../telegram/types.js"
import type { PollingSettings } from "./polling-options.js"

/**
 * The first calls of polling: deletes the webhook that may be set, because Telegram refuses
 * `getUpdates` while there is one, and says which it was. Drops nothing unless that was asked for.
 *
 * Rejects when Telegram says no, when it could not be reached in 1 + `bootstrapRetries` attempts,
 * and with the signal's reason after an abort.
 *
 * @see https://core.telegram.org/bots/api#deletewebhook
 */
export async function beginPolling(settings: PollingSettings): Promise<void> {
  const { dropPendingUpdates, logger } = settings
  const params = dropPendingUpdates ? { drop_pending_updates: true } : {}
  const info = await start<WebhookInfo | undefined>(settings, "getWebhookInfo", {})
  if (info?.url === "" && !dropPendingUpdates) return
  await start(settings, "deleteWebhook", params)
  if (!info?.url) return
  logger.warn(
    `The webhook ${redactTokens(info.url)} of this bot has been deleted, as Telegram gives updates ` +
      "to one receiver only. They come here now; a program that received them there gets none.",
  )
}

async function start<T>(settings: PollingSettings, method: string, params: object): Promise<T> {
  const { bot, bootstrapRetries: retries, logger, signal } = settings
  try {
    const call = () => bot.call<T>(method, params, signal ? { signal } : {})
    return await withRetries(call, { retries, logger, signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw explained(method, error)
  }
}

function explained(method: string, error: unknown): unknown {
  if (!(error instanceof NetworkError)) return error
  const advice =
    "Polling has not started. Check that this machine reaches the Bot API; `bootstrapRetries` " +
    "makes the start wait for it."
  const reason = errorClause(error).replace(`${method}: `, "")
  return new NetworkError(method, `${reason}. ${advice}`, { cause: error })
}
