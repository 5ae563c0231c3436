import type { Delivery } from "./update-queue.js"

/** One call of `take` that waits. */
interface Taker {
  readonly signal: AbortSignal
  readonly resolve: (delivery: Delivery) => void
  readonly reject: (reason: unknown) => void
  /** The one that came after it. */
  next: Taker | undefined
}

/**
 * The calls of `take` that wait, the one that came first in front. A worker takes with one signal
 * again and again, and listening costs more than the rest of a take: a signal is listened to until
 * another one comes. They are linked: a `Set` that changes with every update keeps V8 busy
 * (docs/decisions/0024-garbage.md).
 */
export class Takers {
  #first: Taker | undefined
  #last: Taker | undefined
  #size = 0
  readonly #listeners = new Map<AbortSignal, () => void>()

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#first === undefined
  }

  /** How many wait. */
  get size(): number {
    return this.#size
  }

  /** Waits for a delivery. An abort rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<Delivery> {
    if (!this.#listeners.has(signal)) this.#listen(signal)
    return new Promise((resolve, reject) => {
      this.#add({ signal, resolve, reject, next: undefined })
    })
  }

  /** Gives a delivery to the one that came first. */
  give(delivery: Delivery): void {
    this.#shift()?.resolve(delivery)
  }

  /** Sends all away, or all that came with one signal. */
  refuse(reason: unknown, signal?: AbortSignal): void {
    for (let left = this.#size; left > 0; left -= 1) {
      const taker = this.#shift()
      if (signal === undefined || taker?.signal === signal) taker?.reject(reason)
      else if (taker) this.#add(taker)
    }
    if (signal === undefined) this.#forgetSignals()
  }

  #add(taker: Taker): void {
    if (this.#last) this.#last.next = taker
    else this.#first = taker
    this.#last = taker
    this.#size += 1
  }

  #shift(): Taker | undefined {
    const taker = this.#first
    if (!taker) return undefined
    this.#first = taker.next
    if (!this.#first) this.#last = undefined
    taker.next = undefined
    this.#size -= 1
    return taker
  }

  /** Listens to no signal any more but those of who waits. */
  #forgetSignals(): void {
    const needed = new Set<AbortSignal>()
    for (let taker = this.#first; taker; taker = taker.next) needed.add(taker.signal)
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
