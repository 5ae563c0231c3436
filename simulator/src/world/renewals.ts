import type { Timer } from "../ground/clock.js"

/** The timers that renew the subscriptions of a world, by the charge that has begun each. */
export class Renewals {
  readonly #timers = new Map<string, Timer>()

  /** Stores the timer of a subscription, in place of the one before. */
  keep(chargeId: string, timer: Timer): void {
    this.#timers.get(chargeId)?.cancel()
    this.#timers.set(chargeId, timer)
  }

  /** Cancels all timers. */
  close(): void {
    for (const timer of this.#timers.values()) timer.cancel()
  }
}
