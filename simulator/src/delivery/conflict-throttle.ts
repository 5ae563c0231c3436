import { CallError } from "../ground/call-error.js"
import type { Clock } from "../ground/clock.js"

const intervalMs = 3000

/** Answers 409: the first at once, those that follow within three seconds three seconds later. */
export class ConflictThrottle {
  readonly #clock: Clock
  #nextAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Gives the error to `reject` when it is due. @param text without the word `Conflict` */
  refuse(text: string, reject: (error: CallError) => void): void {
    const error = new CallError(409, `Conflict: ${text}`)
    const now = this.#clock.now()
    if (now < this.#nextAt) return void this.#clock.setTimeout(() => reject(error), intervalMs)
    this.#nextAt = now + intervalMs
    reject(error)
  }
}
