import type { Clock, Timer } from "./clock.js"
import { Heap } from "./heap.js"

interface Waiting {
  readonly at: number
  readonly order: number
  callback: (() => void) | undefined
}

/** The maximum time that one turn of the event loop counts as waiting, in milliseconds. */
const maxTurnMs = 1

/**
 * A clock that stands still until a test moves it, so that 24 hours pass as fast as their timers
 * run. Sockets stay real: between two timers the clock waits while a registered source is busy, but
 * at most `graceMs` of real time.
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
   * @param options.start Unix time in milliseconds. Default: now.
   * @param options.graceMs the longest wait for an unanswered exchange before the next timer runs,
   *   in real milliseconds. Default: 50.
   */
  constructor(options: { start?: number; graceMs?: number } = {}) {
    this.#now = options.start ?? Date.now()
    this.#graceMs = options.graceMs ?? 50
  }

  /** Returns the Unix time in milliseconds, as far as this clock has been moved. */
  now(): number {
    return this.#now
  }

  /** Calls `callback` once the clock has been moved by `ms` milliseconds. */
  setTimeout(callback: () => void, ms: number): Timer {
    const waiting: Waiting = { at: this.#now + Math.max(0, ms), order: this.#order++, callback }
    this.#timers.push(waiting)
    return { cancel: () => void (waiting.callback = undefined) }
  }

  /** Registers a source; the clock waits between two timers while it is busy. */
  watch(isBusy: () => boolean): () => void {
    this.#watched.add(isBusy)
    return () => void this.#watched.delete(isBusy)
  }

  /** Moves the clock by `ms` milliseconds. Resolves when every timer due until then has run. */
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
      // Time in which other processes had the CPU does not count, because nobody here could answer.
      leftMs -= Math.min(now - before, maxTurnMs)
      before = now
    } while (this.#isBusy() && leftMs > 0)
  }

  #isBusy(): boolean {
    for (const isBusy of this.#watched) if (isBusy()) return true
    return false
  }
}

// Events on sockets happen between two turns of the event loop.
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
