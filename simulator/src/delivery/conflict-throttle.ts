import { CallError } from "../ground/call-error.js"
import type { Clock } from "../ground/clock.js"

/** The time during which further errors are delayed, and the length of their delay. */
const intervalMs = 3000

/**
 * A throttle for the 409 errors of polls: the first error is sent at once, further errors within three seconds
 * are sent three seconds later.
 */
export class ConflictThrottle {
  readonly #clock: Clock
  #nextAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Calls `reject` with the error when it is due.
   * @param text the description without the word `Conflict`
   */
  refuse(text: string, reject: (error: CallError) => void): void {
    const error = new CallError(409, `Conflict: ${text}`)
    const now = this.#clock.now()
    if (now < this.#nextAt) return void this.#clock.setTimeout(() => reject(error), intervalMs)
    this.#nextAt = now + intervalMs
    reject(error)
  }
}
