import { errorSentence } from "../ground/error-text.js"
import { Backoff } from "../ground/backoff.js"
import type { Logger } from "../ground/logger.js"
import { sleep } from "../ground/sleep.js"
import { ApiError, Conflict, NetworkError, RetryAfter } from "../telegram/errors.js"

/** Options of {@link withRetries}, which calls Telegram while a bot starts. */
export interface RetryOptions {
  /** The maximum number of retries; -1 for no limit. */
  readonly retries: number
  /** The longest total wait, in milliseconds: an error that demands a longer one is final. Default: no limit. */
  readonly maxWaitMs?: number
  readonly logger: Logger
  readonly signal: AbortSignal | undefined
}

/**
 * Calls a function, and retries with a backoff after transient errors: no answer, status 5xx, 429 (too many
 * calls) or 409 (a conflict with another `setWebhook`). Rejects with the first error that is not transient,
 * or, after `retries` retries or `maxWaitMs`, with the last error.
 *
 * If the signal aborts, even during the wait before a retry, the promise rejects with the signal's reason.
 */
export async function withRetries<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const backoff = new Backoff()
  let remainingMs = options.maxWaitMs ?? Infinity
  for (let failures = 0; ; failures += 1) {
    try {
      options.signal?.throwIfAborted()
      return await call()
    } catch (error) {
      const isLast = options.retries >= 0 && failures >= options.retries
      if (isLast || !isTransient(error)) throw error
      const ms = waitMs(error, backoff.next())
      remainingMs -= ms
      if (remainingMs < 0) throw error
      await pause(error, ms, options)
    }
  }
}

function waitMs(error: Error, backoffMs: number): number {
  return Math.max(backoffMs, error instanceof RetryAfter ? error.retryAfter * 1000 : 0)
}

async function pause(error: Error, ms: number, { logger, signal }: RetryOptions) {
  logger.warn(`${errorSentence(error)} Trying again in ${Math.ceil(ms / 1000)} s`)
  await sleep(ms, signal)
}

function isTransient(error: unknown): error is Error {
  if (error instanceof NetworkError || error instanceof RetryAfter) return true
  if (error instanceof Conflict) return true
  return error instanceof ApiError && error.errorCode >= 500
}
