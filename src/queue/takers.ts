import type { Delivery } from "./update-queue.js"

/** One call of `take` that waits. */
interface Taker {
  readonly signal: AbortSignal
  readonly resolve: (delivery: Delivery) => void
  readonly reject: (reason: unknown) => void
}

/**
 * The calls of `take` that wait, the one that came first in front. A worker takes with one signal
 * again and again, and listening costs more than the rest of a take: a signal is listened to until
 * another one comes.
 */
export class Takers {
  readonly #waiting = new Set<Taker>()
  readonly #listeners = new Map<AbortSignal, () => void>()

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** Waits for a delivery. An abort rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<Delivery> {
    if (!this.#listeners.has(signal)) this.#listen(signal)
    return new Promise((resolve, reject) => {
      this.#waiting.add({ signal, resolve, reject })
    })
  }

  /** Gives a delivery to the one that came first. */
  give(delivery: Delivery): void {
    for (const taker of this.#waiting) {
      this.#waiting.delete(taker)
      return taker.resolve(delivery)
    }
  }

  /** Sends all away, or all that came with one signal. */
  refuse(reason: unknown, signal?: AbortSignal): void {
    for (const taker of this.#waiting) {
      if (signal !== undefined && taker.signal !== signal) continue
      this.#waiting.delete(taker)
      taker.reject(reason)
    }
    if (signal === undefined) this.#forgetSignals()
  }

  /** Listens to no signal any more but those of who waits. */
  #forgetSignals(): void {
    const needed = new Set([...this.#waiting].map(({ signal }) => signal))
    for (const [signal, listener] of this.#listeners) {
      if (needed.has(signal)) continue
      signal.removeEventListener("abort", listener)
      this.#listeners.delete(signal)
    }
  }

  #listen(signal: AbortSignal): void {
    this.#forgetSignals()
    const listener = () => this.refuse(signal.reason, signal)
    this.#listeners.set(signal, listener)
    signal.addEventListener("abort", listener)
  }
}
