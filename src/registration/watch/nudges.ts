/** The pause after the first accepted nudge, in milliseconds. Each further pause is twice as long. */
const firstPauseMs = 60_000
/** The longest pause, in milliseconds. */
const longestPauseMs = 60 * 60_000

/**
 * A rate limit for nudges: requests with a wrong secret that bring the next check of the webhook forward.
 * Anybody can send such requests, so the pauses between accepted nudges grow.
 */
export class Nudges {
  #nextMs = -Infinity
  #pauseMs = firstPauseMs

  /** Returns true if a nudge at `nowMs` is accepted. */
  isAccepted(nowMs: number): boolean {
    if (nowMs < this.#nextMs) return false
    this.#nextMs = nowMs + this.#pauseMs
    this.#pauseMs = Math.min(longestPauseMs, 2 * this.#pauseMs)
    return true
  }
}
