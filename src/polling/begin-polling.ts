import { errorClause } from "../ground/error-text.js"
import { Backoff } from "../ground/backoff.js"
import { sleep } from "../ground/sleep.js"
import { ApiError, NetworkError, RetryAfter } from "../telegram/errors.js"
import type { PollingSettings } from "./polling-options.js"

/**
 * The first call of polling: removes the webhook, because Telegram refuses `getUpdates` while one is
 * set. It drops nothing unless that was asked for.
 *
 * Rejects when Telegram says no, when it could not be reached in 1 + `bootstrapRetries` attempts,
 * and with the signal's reason after an abort.
 *
 * @see https://core.telegram.org/bots/api#deletewebhook
 */
export async function beginPolling(settings: PollingSettings): Promise<void> {
  const { bootstrapRetries, logger, signal } = settings
  const backoff = new Backoff()
  for (let retries = 0; ; retries += 1) {
    try {
      return await deleteWebhook(settings)
    } catch (error) {
      signal?.throwIfAborted()
      if (!mayPass(error)) throw error
      if (retries === bootstrapRetries) throw explained(error)
      const waitMs = Math.max(retryAfterMs(error), backoff.next())
      logger.warn(`${errorClause(error)}. The start is tried again in ${waitMs} ms.`)
      await sleep(waitMs, signal)
    }
  }
}

async function deleteWebhook({ bot, dropPendingUpdates, signal }: PollingSettings): Promise<void> {
  const params = dropPendingUpdates ? { drop_pending_updates: true } : {}
  await bot.call("deleteWebhook", params, signal ? { signal } : {})
}

function mayPass(error: unknown): boolean {
  if (error instanceof NetworkError || error instanceof RetryAfter) return true
  return error instanceof ApiError && error.errorCode >= 500
}

function retryAfterMs(error: unknown): number {
  return error instanceof RetryAfter ? error.retryAfter * 1000 : 0
}

function explained(error: unknown): unknown {
  if (!(error instanceof NetworkError)) return error
  const advice =
    "Polling has not started. Check that this machine reaches the Bot API; `bootstrapRetries` " +
    "makes the start wait for it."
  const reason = errorClause(error).replace(/^deleteWebhook: /, "")
  return new NetworkError("deleteWebhook", `${reason}. ${advice}`, { cause: error })
}
