import { ApiError, Conflict, RetryAfter } from "../telegram/errors.js"

/** What a failed `getUpdates` means for polling. */
export type Setback =
  | { readonly kind: "end" }
  | { readonly kind: "other-poller" }
  | { readonly kind: "webhook" }
  | { readonly kind: "passing"; readonly atLeastMs: number }

/**
 * Judges why a call failed. A pure function.
 *
 * An unknown token ends polling. A 409 is a state that somebody else can end: another process
 * polls, or a webhook is set. All else passes: no answer, Telegram's own faults, too many requests.
 */
export function setbackOf(error: unknown): Setback {
  if (error instanceof Conflict) {
    return { kind: /webhook/i.test(error.description) ? "webhook" : "other-poller" }
  }
  if (error instanceof RetryAfter) return { kind: "passing", atLeastMs: error.retryAfter * 1000 }
  const isUnknown = error instanceof ApiError && [401, 404].includes(error.errorCode)
  return isUnknown ? { kind: "end" } : { kind: "passing", atLeastMs: 0 }
}
