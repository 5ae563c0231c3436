import type { Delivery } from "./update-queue.js"

/** A call of `take` that waits for a delivery. */
interface PendingTake {
  readonly signal: AbortSignal
  readonly resolve: (delivery: Delivery) => void
  readonly reject: (reason: unknown) => void
  /** The call that was made after this one. */
  next: PendingTake | undefined
}

/**
 * The calls of `take` that wait for a delivery, in the order of the calls. A worker passes the same
 * signal to every `take`, and adding an abort listener costs more than the rest of a take. The
 * listener of a signal therefore stays registered until `take` is called with another signal. The
 * calls form a linked list, because a `Set` that changes with every update causes garbage collections
 * in V8 (docs/decisions/0024-garbage.md).
 */
export class PendingTakes {
  #first: PendingTake | undefined
  #last: PendingTake | undefined
  #size = 0
  readonly #listeners = new Map<AbortSignal, () => void>()

  /** True if no call waits. */
  get isEmpty(): boolean {
    return this.#first === undefined
  }

  /** The number of waiting calls. */
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

  /** Resolves the oldest waiting call with a delivery. */
  give(delivery: Delivery): void {
    this.#shift()?.resolve(delivery)
  }

  /** Rejects all waiting calls, or only the calls that were made with one signal. */
  refuse(reason: unknown, signal?: AbortSignal): void {
    for (let remaining = this.#size; remaining > 0; remaining -= 1) {
      const pending = this.#shift()
      if (signal === undefined || pending?.signal === signal) pending?.reject(reason)
      else if (pending) this.#add(pending)
    }
    if (signal === undefined) this.#forgetSignals()
  }

  #add(pending: PendingTake): void {
    if (this.#last) this.#last.next = pending
    else this.#first = pending
    this.#last = pending
    this.#size += 1
  }

  #shift(): PendingTake | undefined {
    const pending = this.#first
    if (!pending) return undefined
    this.#first = pending.next
    if (!this.#first) this.#last = undefined
    pending.next = undefined
    this.#size -= 1
    return pending
  }

  /** Removes the listeners of all signals that no waiting call has. */
  #forgetSignals(): void {
    const needed = new Set<AbortSignal>()
    for (let pending = this.#first; pending; pending = pending.next) needed.add(pending.signal)
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
