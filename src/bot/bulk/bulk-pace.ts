import type { LimitedCall } from "./limited-call.js"
import { paidPerSecond } from "./message-limits.js"

/** The longest delay that the next calls make up for, in milliseconds. Timers may fire late. */
const maxCatchUpMs = 20
/**
 * The wait before the first bulk call, in milliseconds. Telegram may still count earlier calls, which this
 * process has not counted.
 */
const firstMs = 1_000

/**
 * An even distribution of bulk calls over time. Without it, all bulk calls of a second would be sent at the
 * beginning of the second, and any other call would have to wait for its end.
 */
export class BulkPace {
  readonly #perSecond: number
  #nextAt = performance.now() + firstMs

  /** @param perSecond the maximum number of messages per second of the whole bot */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Returns the milliseconds until the next bulk call. */
  waitMs(now: number): number {
    return Math.max(0, this.#nextAt - now)
  }

  /** Records that a call is sent. */
  record({ messages, isPaid }: LimitedCall, now: number): void {
    const stepMs = 1_000 / (isPaid ? paidPerSecond : this.#perSecond)
    this.#nextAt =
      Math.max(this.#nextAt, now - Math.max(maxCatchUpMs, 2 * stepMs)) + messages * stepMs
  }
}
