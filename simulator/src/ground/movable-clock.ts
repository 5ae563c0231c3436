import type { Clock, Timer } from "./clock.js"
import { Heap } from "./heap.js"

interface Waiting {
  readonly at: number
  readonly order: number
  callback: (() => void) | undefined
}

const mostMs = 1

/**
 * A clock that stands still until it is moved: 24 hours pass in as long as it takes to do what
 * happens in them. Sockets stay real, so between two timers it waits until nobody who told it so
 * is in the middle of an exchange, though no longer than `graceMs` of real time.
 */
export class MovableClock implements Clock {
  readonly #graceMs: number
  readonly #watched = new Set<() => boolean>()
  readonly #timers = new Heap<Waiting>(
    (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order),
  )
  #now: number
  #order = 0

  /**
   * @param options.start Unix time in milliseconds; now by default
   * @param options.graceMs how long an unanswered exchange is waited for before the next timer is
   * let go, in real milliseconds; 50 by default
   */
  constructor(options: { start?: number; graceMs?: number } = {}) {
    this.#now = options.start ?? Date.now()
    this.#graceMs = options.graceMs ?? 50
  }

  /** Unix time in milliseconds, as far as this clock has been moved. */
  now(): number {
    return this.#now
  }

  /** Calls `callback` once the clock has been moved by `ms` milliseconds. */
  setTimeout(callback: () => void, ms: number): Timer {
    const waiting: Waiting = { at: this.#now + Math.max(0, ms), order: this.#order++, callback }
    this.#timers.push(waiting)
    return { cancel: () => void (waiting.callback = undefined) }
  }

  /** Waits, between two timers, for whoever is busy. */
  watch(isBusy: () => boolean): () => void {
    this.#watched.add(isBusy)
    return () => void this.#watched.delete(isBusy)
  }

  /** Moves the clock by `ms` milliseconds; resolves when everything due until then has happened. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    for (;;) {
      await this.#settle()
      const next = this.#timers.peek()
      if (next === undefined || next.at > target) break
      this.#timers.pop()
      this.#now = Math.max(this.#now, next.at)
      next.callback?.()
    }
    this.#now = target
    await this.#settle()
  }

  async #settle(): Promise<void> {
    while (this.#timers.peek()?.callback === undefined && this.#timers.size > 0) this.#timers.pop()
    let leftMs = this.#graceMs
    let before = performance.now()
    do {
      await turn()
      await turn()
      const now = performance.now()
      // While the machine runs something else nobody here can answer: that does not count.
      leftMs -= Math.min(now - before, mostMs)
      before = now
    } while (this.#isBusy() && leftMs > 0)
  }

  #isBusy(): boolean {
    for (const isBusy of this.#watched) if (isBusy()) return true
    return false
  }
}

// What happens on sockets comes in between two turns of the event loop.
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
