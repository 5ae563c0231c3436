import { Backoff } from "../ground/backoff.js"
import type { Logger } from "../ground/logger.js"
import { sleep } from "../ground/sleep.js"
import { ApiError, Conflict, NetworkError, RetryAfter } from "../telegram/errors.js"

/** How often a step of a start is tried again. */
export interface StartRetries {
  /** 0 for never, -1 for ever. */
  readonly retries: number
  readonly logger: Logger
  readonly signal: AbortSignal | undefined
}

/**
 * Calls until it succeeds or the retries are spent. Only what may pass by itself is tried again: no
 * answer, a failing server, too many calls, two `setWebhook`s at once.
 *
 * An abort ends the waiting, and the promise rejects with the signal's reason.
 */
export async function withRetries<T>(call: () => Promise<T>, options: StartRetries): Promise<T> {
  const backoff = new Backoff()
  for (let failures = 0; ; failures += 1) {
    try {
      options.signal?.throwIfAborted()
      return await call()
    } catch (error) {
      const isSpent = options.retries >= 0 && failures >= options.retries
      if (isSpent || !mayPass(error)) throw error
      await pause(error, backoff.next(), options)
    }
  }
}

async function pause(error: Error, backoffMs: number, { logger, signal }: StartRetries) {
  const ms = Math.max(backoffMs, error instanceof RetryAfter ? error.retryAfter * 1000 : 0)
  logger.warn(`${error.message}. Trying again in ${Math.ceil(ms / 1000)} s`)
  await sleep(ms, signal)
}

function mayPass(error: unknown): error is Error {
  if (error instanceof NetworkError || error instanceof RetryAfter) return true
  if (error instanceof Conflict) return true
  return error instanceof ApiError && error.errorCode >= 500
}
