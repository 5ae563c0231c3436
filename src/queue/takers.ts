import type { Delivery } from "./update-queue.js"

/** The calls of `take` that wait, the one that came first in front. */
export class Takers {
  readonly #waiting = new Set<Taker>()

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Waits for a delivery. An abort rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(new Taker(this.#waiting, signal, resolve, reject))
    })
  }

  /** Gives a delivery to the one that came first. */
  give(delivery: Delivery): void {
    for (const taker of this.#waiting) {
      taker.leave()
      return taker.resolve(delivery)
    }
  }

  /** Sends all away. */
  refuse(reason: Error): void {
    for (const taker of this.#waiting) {
      taker.leave()
      taker.reject(reason)
    }
  }
}

/** One call of `take`, and the listener of its signal. */
class Taker {
  readonly #all: Set<Taker>
  readonly #signal: AbortSignal
  readonly resolve: (delivery: Delivery) => void
  readonly reject: (reason: unknown) => void

  constructor(
    all: Set<Taker>,
    signal: AbortSignal,
    resolve: (delivery: Delivery) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#all = all
    this.#signal = signal
    this.resolve = resolve
    this.reject = reject
    signal.addEventListener("abort", this)
  }

  /** Waits no more and listens no more. */
  leave(): void {
    this.#all.delete(this)
    this.#signal.removeEventListener("abort", this)
  }

  /** Called by the signal: an object needs no function of its own for each wait. */
  handleEvent(): void {
    this.leave()
    this.reject(this.#signal.reason)
  }
}
