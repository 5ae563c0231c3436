import type { Delivery } from "../../queue/update-queue.js"
import type { Interrupted } from "../context/interrupted.js"
import type { Work } from "./work.js"

/** A delivery whose handlers are running. */
export interface HeldDelivery {
  readonly delivery: Delivery
  /** The current handling. After a conflict of its writes, another handling replaces it. */
  work: Work
  /** The reason of the interrupt of the handlers; `undefined` for none. */
  interruption: Interrupted | undefined
  /** Whether a stop no longer waits for the handlers, because they run beyond its deadline. */
  isAbandoned: boolean
  /** The index in the array of {@link HeldDeliveries}. */
  index: number
}

/**
 * The deliveries whose handlers are running, in no particular order. They are kept in an array, because a
 * `Set` that changes with every update makes garbage collection slower (docs/decisions/0024-garbage.md).
 */
export class HeldDeliveries {
  readonly #deliveries: HeldDelivery[] = []

  /** The number of held deliveries. */
  get size(): number {
    return this.#deliveries.length
  }

  /** Returns the held deliveries of this moment, as a new array. */
  snapshot(): HeldDelivery[] {
    return [...this.#deliveries]
  }

  /** An arbitrary held delivery; `undefined` if there are none. */
  get first(): HeldDelivery | undefined {
    return this.#deliveries[0]
  }

  /** Returns the first held delivery that `isWanted` accepts. */
  find(isWanted: (held: HeldDelivery) => boolean): HeldDelivery | undefined {
    return this.#deliveries.find(isWanted)
  }

  /** Adds a delivery. */
  add(delivery: Delivery, work: Work): HeldDelivery {
    const index = this.#deliveries.length
    const held = { delivery, work, interruption: undefined, isAbandoned: false, index }
    this.#deliveries.push(held)
    return held
  }

  /** Removes a delivery in constant time: the last one of the array moves to its index. */
  delete({ index }: HeldDelivery): void {
    const last = this.#deliveries.pop()
    if (!last || last.index === index) return
    last.index = index
    this.#deliveries[index] = last
  }
}
