/** One put that is waited for, linked to its neighbours in the order of their ends. */
export class WaitingPut {
  /** When its time is up, as `performance.now` counts. */
  readonly endMs: number
  /** Called when its time is up; it is then waited for no longer. */
  readonly expire: () => void
  previous: WaitingPut = this
  next: WaitingPut = this

  constructor(endMs: number, expire: () => void) {
    this.endMs = endMs
    this.expire = expire
  }
}

/**
 * The time limits of many puts with one timer, because a timer for each would cost more than all
 * else that is done for it. The timer keeps no process alive.
 */
export class PutDeadlines {
  readonly #timeoutMs: number
  // A ring: its first is the oldest, since the limit is the same for all.
  readonly #ring = new WaitingPut(Infinity, () => {})
  #dueMs = 0

  /** @param timeoutMs the limit, in milliseconds */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Waits for a put; {@link PutDeadlines.delete} ends that. */
  add(expire: () => void): WaitingPut {
    const now = performance.now()
    const put = new WaitingPut(now + this.#timeoutMs, expire)
    put.previous = this.#ring.previous
    put.next = this.#ring
    put.previous.next = put
    put.next.previous = put
    // On Workers a timer ends with the request that set it: one that is overdue is set anew.
    if (this.#dueMs === 0 || now > this.#dueMs + 1000) this.#arm(put.endMs, now)
    return put
  }

  /** The put has settled; nothing happens where its time was up before. */
  delete(put: WaitingPut): void {
    put.previous.next = put.next
    put.next.previous = put.previous
    put.previous = put.next = put
  }

  #arm(endMs: number, now: number): void {
    if (endMs === Infinity) return
    this.#dueMs = endMs
    // A limit longer than a timer can wait is looked at in between.
    const timer = setTimeout(() => this.#expire(), Math.min(endMs - now, 2 ** 31 - 1))
    // Beyond Node a timer is a number.
    if (typeof timer === "object") timer.unref()
  }

  #expire(): void {
    this.#dueMs = 0
    const now = performance.now()
    while (this.#ring.next.endMs <= now) {
      const put = this.#ring.next
      this.delete(put)
      put.expire()
    }
    this.#arm(this.#ring.next.endMs, now)
  }
}
