/** The retry state of one update between two attempts to deliver it. */
export interface RetryState {
  /** The last backoff in seconds; 1 at first. */
  delay: number
  /** The number of failed attempts. */
  failures: number
}

/** The wait in seconds until the next attempt, or `"drop"`. */
export type RetryDecision = { readonly waitS: number } | "drop"

/** The inputs of a retry decision besides the state. */
export interface RetryCircumstances {
  /** The value of `Retry-After` in seconds; 0 without the header. */
  readonly retryAfter: number
  /** Unix time in seconds. */
  readonly now: number
  /** The expiry of the update, as Unix time in seconds. */
  readonly expiresAt: number
  /** Returns a random integer from `min` to `max`, both included. */
  readonly integer: (min: number, max: number) => number
}

/**
 * Decides on an update whose delivery has failed: retries at once, then after 2, 4, 8 … seconds,
 * and finally after 60 to 120 seconds. `Retry-After` replaces each wait. Returns `"drop"` if the
 * next attempt would come after the expiry. Changes `state`.
 */
export function afterFailure(state: RetryState, around: RetryCircumstances): RetryDecision {
  let waitS = Math.min(Math.max(around.retryAfter, 0), 3600)
  let { delay } = state
  if (waitS === 0 && state.failures > 0) {
    delay = Math.min(around.integer(60, 120), delay * 2)
    waitS = delay
  }
  if (around.now + waitS > around.expiresAt) return "drop"
  state.delay = delay
  state.failures += 1
  return { waitS }
}

/**
 * Parses a `Retry-After` header into seconds. Returns 0 for anything but a 32-bit integer without
 * leading zeros or a plus sign, and therefore for a date.
 */
export function retryAfterSeconds(header: string | undefined): number {
  const isCanonical = header !== undefined && /^(?:0|-?[1-9]\d{0,9})$/.test(header)
  const seconds = isCanonical ? Number(header) : 0
  return Math.abs(seconds) < 2 ** 31 ? seconds : 0
}
