import type { Delivery } from "../../queue/update-queue.js"
import type { Work } from "./work.js"

/** A delivery that is being handled. */
export interface Held {
  readonly delivery: Delivery
  readonly work: Work
  isGivenUp: boolean
  /** Its place among all that are held. */
  place: number
}

/**
 * The deliveries that are being handled, in any order. Not a `Set`: one that changes with every update
 * keeps V8 busy (docs/decisions/0024-garbage.md).
 */
export class HeldDeliveries {
  readonly #all: Held[] = []

  /** How many there are. */
  get size(): number {
    return this.#all.length
  }

  /** All there are now. */
  get all(): Held[] {
    return [...this.#all]
  }

  /** Any one of them. */
  get first(): Held | undefined {
    return this.#all[0]
  }

  /** Adds one. */
  add(delivery: Delivery, work: Work): Held {
    const held = { delivery, work, isGivenUp: false, place: this.#all.length }
    this.#all.push(held)
    return held
  }

  /** Removes one: the last takes its place. */
  delete({ place }: Held): void {
    const last = this.#all.pop()
    if (!last || last.place === place) return
    last.place = place
    this.#all[place] = last
  }
}
