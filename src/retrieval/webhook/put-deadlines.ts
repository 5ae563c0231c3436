/** One put that is waited for. */
export interface WaitingPut {
  /** When its time is up, as `Date.now` counts. */
  readonly endMs: number
  /** Called when its time is up; it is then waited for no longer. */
  readonly expire: () => void
}

/**
 * The time limits of many puts with one timer, because a timer for each would cost more than all
 * else that is done for it. The timer keeps no process alive.
 */
export class PutDeadlines {
  readonly #timeoutMs: number
  // In the order of their ends, since the limit is the same for all.
  readonly #waiting = new Set<WaitingPut>()
  #dueMs = 0

  /** @param timeoutMs the limit, in milliseconds */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Waits for a put; {@link PutDeadlines.delete} ends that. */
  add(expire: () => void): WaitingPut {
    const now = Date.now()
    const put: WaitingPut = { endMs: now + this.#timeoutMs, expire }
    this.#waiting.add(put)
    // On Workers a timer ends with the request that set it: one that is overdue is set anew.
    if (this.#dueMs === 0 || now > this.#dueMs + 1000) this.#arm(put.endMs, now)
    return put
  }

  /** The put has settled. */
  delete(put: WaitingPut): void {
    this.#waiting.delete(put)
  }

  #arm(endMs: number, now: number): void {
    if (endMs === Infinity) return
    this.#dueMs = endMs
    // Longer than a timer can wait, it looks in between.
    const timer = setTimeout(() => this.#expire(), Math.min(endMs - now, 2 ** 31 - 1))
    // Beyond Node a timer is a number.
    if (typeof timer === "object") timer.unref()
  }

  #expire(): void {
    this.#dueMs = 0
    const now = Date.now()
    for (const put of this.#waiting) {
      if (put.endMs > now) {
        this.#arm(put.endMs, now)
        return
      }
      this.#waiting.delete(put)
      put.expire()
    }
  }
}
