import type { LimitedCall } from "./limited-call.js"
import { paidPerSecond } from "./message-limits.js"

/** The time without bulk calls that may be made up for, in milliseconds: timers fire late. */
const creditMs = 20
/** The time before the first bulk call, in which calls that were not counted still count at Telegram. */
const firstMs = 1_000

/**
 * The even distances between bulk calls. Without them the calls of a second would be sent at its beginning, and any
 * other call of that second would have to wait for its end.
 */
export class BulkPace {
  readonly #perSecond: number
  #nextAt = performance.now() + firstMs

  /** @param perSecond the most messages per second of the whole bot */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Returns the milliseconds until the next bulk call. */
  waitMs(now: number): number {
    return Math.max(0, this.#nextAt - now)
  }

  /** Notes that a call is sent. */
  spend({ messages, isPaid }: LimitedCall, now: number): void {
    const stepMs = 1_000 / (isPaid ? paidPerSecond : this.#perSecond)
    this.#nextAt = Math.max(this.#nextAt, now - Math.max(creditMs, 2 * stepMs)) + messages * stepMs
  }
}
