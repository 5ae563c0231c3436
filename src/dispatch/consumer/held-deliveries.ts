import type { Delivery } from "../../queue/update-queue.js"
import type { Work } from "./work.js"

/** A delivery that is being handled. */
export interface Held {
  readonly delivery: Delivery
  readonly work: Work
  isGivenUp: boolean
  /** The index among all held deliveries. */
  place: number
}

/**
 * The deliveries that are being handled, in any order. An array, because a `Set` that changes with every
 * update keeps V8 busy (docs/decisions/0024-garbage.md).
 */
export class HeldDeliveries {
  readonly #all: Held[] = []

  /** The number of held deliveries. */
  get size(): number {
    return this.#all.length
  }

  /** A copy of the list of held deliveries. */
  get all(): Held[] {
    return [...this.#all]
  }

  /** One of the held deliveries; `undefined` where there are none. */
  get first(): Held | undefined {
    return this.#all[0]
  }

  /** Adds a delivery. */
  add(delivery: Delivery, work: Work): Held {
    const held = { delivery, work, isGivenUp: false, place: this.#all.length }
    this.#all.push(held)
    return held
  }

  /** Removes a delivery. The last one moves into its place. */
  delete({ place }: Held): void {
    const last = this.#all.pop()
    if (!last || last.place === place) return
    last.place = place
    this.#all[place] = last
  }
}
