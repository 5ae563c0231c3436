import { Backoff } from "../ground/backoff.js"
import { isError } from "../ground/error-text.js"
import { RetryAfter, Unauthorized } from "../telegram/errors.js"

/** The first and the longest pause between retries of a bot's start, in milliseconds. */
const retryPauses = { firstMs: 1_000, maxMs: 300_000 } as const

/** Returns the pauses between retries of a bot's start. */
export function retryBackoff(): Backoff {
  return new Backoff(retryPauses)
}

/**
 * Returns the time until the next retry of a failed start, in milliseconds; `undefined` for no retry, because
 * Telegram does not accept the token.
 */
export function retryWaitMs(error: unknown, backoff: Backoff): number | undefined {
  if (isError(error) && error instanceof Unauthorized) return undefined
  const pauseMs = backoff.next()
  return isError(error) && error instanceof RetryAfter
    ? Math.max(pauseMs, error.retryAfter * 1000)
    : pauseMs
}
