/** How long nudges are heeded no further after the first one, in milliseconds; then twice as long. */
const firstPauseMs = 60_000
const longestPauseMs = 60 * 60_000

/**
 * The requests with a wrong secret that make a watch look at the webhook before its time. A stranger
 * can send any number of them: the first is heeded, and then ever fewer.
 */
export class Nudges {
  #nextMs = -Infinity
  #pauseMs = firstPauseMs

  /** Returns whether a nudge at `nowMs` is heeded. */
  isHeeded(nowMs: number): boolean {
    if (nowMs < this.#nextMs) return false
    this.#nextMs = nowMs + this.#pauseMs
    this.#pauseMs = Math.min(longestPauseMs, 2 * this.#pauseMs)
    return true
  }
}
