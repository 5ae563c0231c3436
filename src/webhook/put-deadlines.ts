import { longestTimerMs } from "../ground/timer.js"

/** A pending put: a node of a doubly linked ring in the order of the time limits. */
export class WaitingPut {
  /** The time at which the put expires, in milliseconds of `performance.now`. */
  readonly endMs: number
  /** Called after the time limit. */
  readonly expire: () => void
  previous: WaitingPut = this
  next: WaitingPut = this

  constructor(endMs: number, expire: () => void) {
    this.endMs = endMs
    this.expire = expire
  }
}

/**
 * The time limits of many puts with a single timer, because a timer per put would cost more than all
 * other work for the put. The timer does not keep the process alive.
 */
export class PutDeadlines {
  readonly #timeoutMs: number
  // The sentinel of the ring. All puts have the same limit, so `#ring.next` is the first to expire.
  readonly #ring = new WaitingPut(Infinity, () => {})
  /** The time at which the timer fires; 0 if no timer is set. */
  #timerMs = 0

  /** The time limits of all webhooks, by their length in milliseconds. */
  static readonly #shared = new Map<number, PutDeadlines>()

  /** @param timeoutMs the limit, in milliseconds */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Returns the time limits of this length, which all webhooks share. */
  static ofLength(timeoutMs: number): PutDeadlines {
    let deadlines = PutDeadlines.#shared.get(timeoutMs)
    if (!deadlines) PutDeadlines.#shared.set(timeoutMs, (deadlines = new PutDeadlines(timeoutMs)))
    return deadlines
  }

  /** Adds a put, and calls `expire` after the limit unless {@link PutDeadlines.delete} is called before. */
  add(expire: () => void): WaitingPut {
    const now = performance.now()
    const put = new WaitingPut(now + this.#timeoutMs, expire)
    put.previous = this.#ring.previous
    put.next = this.#ring
    put.previous.next = put
    put.next.previous = put
    // Cloudflare Workers cancel a timer when the request that set it ends: an overdue timer is set again.
    if (this.#timerMs === 0 || now > this.#timerMs + 1000) this.#arm(put.endMs, now)
    return put
  }

  /** Removes a put that has settled. Has no effect for an expired put. */
  delete(put: WaitingPut): void {
    put.previous.next = put.next
    put.next.previous = put.previous
    put.previous = put.next = put
  }

  #arm(endMs: number, now: number): void {
    if (endMs === Infinity) return
    this.#timerMs = endMs
    // A timer waits at most `longestTimerMs`: for a longer limit, several timers follow each other.
    const timer = setTimeout(() => this.#expire(), Math.min(endMs - now, longestTimerMs))
    // In some runtimes, such as Workers, a timer is a number without `unref`.
    if (typeof timer === "object") timer.unref()
  }

  #expire(): void {
    this.#timerMs = 0
    const now = performance.now()
    while (this.#ring.next.endMs <= now) {
      const put = this.#ring.next
      this.delete(put)
      put.expire()
    }
    this.#arm(this.#ring.next.endMs, now)
  }
}
