import { Heap } from "../../ground/heap.js"
import type { Lane } from "./lane.js"

/**
 * The lanes from which an update can be taken, ordered by the put of their first update.
 *
 * A lane that a put has just made ready has the newest first update of all lanes, so that the lane
 * goes to the end of a linked list. A reopened lane can belong anywhere in the order, so that it goes
 * into a binary heap. The next lane is either the first of the list or the top of the heap.
 */
export class ReadyLanes {
  #first: Lane | undefined
  #last: Lane | undefined
  readonly #reopened = new Heap(firstSequence)

  /** True if no lane is ready. */
  get isEmpty(): boolean {
    return this.#first === undefined && this.#reopened.isEmpty
  }

  /** Adds a lane whose first update is the newest one of the queue. */
  addNewest(lane: Lane): void {
    if (this.#last) this.#last.nextReady = lane
    else this.#first = lane
    this.#last = lane
  }

  /** Adds a lane that has been reopened. */
  addReopened(lane: Lane): void {
    this.#reopened.add(lane)
  }

  /** Removes and returns the lane whose first update was put earliest. */
  shift(): Lane | undefined {
    const listed = this.#first
    const reopened = this.#reopened.first
    if (reopened && (!listed || firstSequence(reopened) < firstSequence(listed))) {
      return this.#reopened.shift()
    }
    if (!listed) return undefined
    this.#first = listed.nextReady
    if (!this.#first) this.#last = undefined
    listed.nextReady = undefined
    return listed
  }

  /** Removes all lanes. */
  clear(): void {
    while (this.shift());
  }
}

function firstSequence(lane: Lane): number {
  return lane.head?.sequence ?? Infinity
}
