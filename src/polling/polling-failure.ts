import { ApiError, Conflict, RetryAfter } from "../telegram/errors.js"

/** What a failed `getUpdates` means for polling. */
export type PollingFailure =
  | { readonly kind: "unknown-token" }
  | { readonly kind: "other-poller" }
  | { readonly kind: "webhook" }
  | { readonly kind: "transient"; readonly atLeastMs: number }

/**
 * Judges why a call failed. A pure function.
 *
 * An unknown token ends polling, unless the next calls know it again. A 409 is a state that somebody
 * else can end: another process polls, or a webhook is set. All else is transient: no answer,
 * Telegram's own faults, too many requests.
 */
export function pollingFailure(error: unknown): PollingFailure {
  if (error instanceof Conflict) {
    return { kind: /webhook/i.test(error.description) ? "webhook" : "other-poller" }
  }
  if (error instanceof RetryAfter) return { kind: "transient", atLeastMs: error.retryAfter * 1000 }
  const isUnknown = error instanceof ApiError && [401, 404].includes(error.errorCode)
  return isUnknown ? { kind: "unknown-token" } : { kind: "transient", atLeastMs: 0 }
}
