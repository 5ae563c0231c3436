/** State of one update between two attempts to deliver it. */
export interface RetryState {
  /** The last wait of the doubling, in seconds; 1 at first. */
  delay: number
  /** The number of failed attempts. */
  failures: number
}

/** When the next attempt is made, in seconds from now, or that the update is given up. */
export type RetryDecision = { readonly waitS: number } | "drop"

/** The circumstances of the decision. */
export interface RetryCircumstances {
  /** The seconds of `Retry-After`; 0 for none. */
  readonly retryAfter: number
  /** Unix time in seconds. */
  readonly now: number
  /** Unix time in seconds from which the update is worthless. */
  readonly expiresAt: number
  /** An integer from `min` to `max`, both included. */
  readonly integer: (min: number, max: number) => number
}

/**
 * Decides on an update whose delivery has failed: at once, then 2, 4, 8 … seconds, in the end 60 to
 * 120, each replaced by `Retry-After`; never if the next attempt would come after its expiry.
 * Changes `state`.
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
 * The seconds of a `Retry-After` header; 0 for anything but an integer of 32 bits that is written
 * without leading zeros or a plus, above all for a date.
 */
export function retryAfterSeconds(header: string | undefined): number {
  const isCanonical = header !== undefined && /^(?:0|-?[1-9]\d{0,9})$/.test(header)
  const seconds = isCanonical ? Number(header) : 0
  return Math.abs(seconds) < 2 ** 31 ? seconds : 0
}
