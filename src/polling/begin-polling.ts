import { errorSentence, isError } from "../ground/error-text.js"
import { withRetries } from "../intake/start-retries.js"
import { NetworkError } from "../telegram/errors.js"
import type { WebhookInfo } from "../telegram/types.js"
import type { PollingSettings } from "./polling-options.js"

/**
 * Makes the first calls of polling: deletes a webhook if one is set, because Telegram refuses `getUpdates`
 * while a webhook is set, and logs the webhook's URL. Telegram keeps the pending updates unless
 * `dropPendingUpdates` is set.
 *
 * Rejects if Telegram refuses a call, or if Telegram is unreachable or failing in all 1 + `bootstrapRetries`
 * tries. After an abort, rejects with the signal's reason.
 *
 * @see https://core.telegram.org/bots/api#deletewebhook
 */
export async function beginPolling(settings: PollingSettings): Promise<void> {
  const { dropPendingUpdates, logger } = settings
  const params = dropPendingUpdates ? { drop_pending_updates: true } : {}
  const info = await callWithRetries<WebhookInfo | undefined>(settings, "getWebhookInfo", {})
  if (info?.url === "" && !dropPendingUpdates) return
  await callWithRetries(settings, "deleteWebhook", params)
  if (!info?.url) return
  logger.warn(
    `The webhook ${info.url} of this bot has been deleted, because Telegram sends updates ` +
      "to one receiver only. This process receives them now; the program at that URL receives none.",
  )
}

async function callWithRetries<T>(
  settings: PollingSettings,
  method: string,
  params: object,
): Promise<T> {
  const { bot, bootstrapRetries: retries, logger, signal } = settings
  try {
    const call = () => bot.call<T>(method, params, signal ? { signal } : {})
    return await withRetries(call, { retries, logger, signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw withAdvice(method, error)
  }
}

/** Returns a network error with advice in its message; all other errors unchanged. */
function withAdvice(method: string, error: unknown): unknown {
  if (!(isError(error) && error instanceof NetworkError)) return error
  const advice =
    "Polling has not started. Check that this machine reaches the Bot API; with `bootstrapRetries` " +
    "the start retries."
  const reason = errorSentence(error).replace(`${method}: `, "")
  return new NetworkError(method, `${reason} ${advice}`, { cause: error })
}
