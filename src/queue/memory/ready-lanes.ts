import type { Lane } from "./lane.js"

/**
 * The lanes from which an update can be taken, the one whose head was put first in front.
 *
 * A lane that a put has made ready has the newest head of all: those form a plain list. Only lanes
 * that were reopened have to find their place, in a heap.
 */
export class ReadyLanes {
  #first: Lane | undefined
  #last: Lane | undefined
  readonly #heap: Lane[] = []

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#first === undefined && this.#heap.length === 0
  }

  /** Adds a lane whose head is the newest update of the queue. */
  addNewest(lane: Lane): void {
    if (this.#last) this.#last.nextReady = lane
    else this.#first = lane
    this.#last = lane
  }

  /** Adds a lane that was closed. */
  addReopened(lane: Lane): void {
    const heap = this.#heap
    let place = heap.length
    heap.push(lane)
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (!parent || order(parent) <= order(lane)) break
      heap[place] = parent
      place = above
    }
    heap[place] = lane
  }

  /** Removes the lane whose head was put first. */
  shift(): Lane | undefined {
    const listed = this.#first
    const reopened = this.#heap[0]
    if (reopened && (!listed || order(reopened) < order(listed))) return this.#shiftHeap(reopened)
    if (!listed) return undefined
    this.#first = listed.nextReady
    if (!this.#first) this.#last = undefined
    listed.nextReady = undefined
    return listed
  }

  /** Removes all. */
  clear(): void {
    while (this.shift());
  }

  #shiftHeap(top: Lane): Lane {
    const last = this.#heap.pop()
    if (last && last !== top) this.#sink(last)
    return top
  }

  #sink(lane: Lane): void {
    const heap = this.#heap
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      if (order(heap[below + 1]) < order(heap[below])) below += 1
      const child = heap[below]
      if (!child || order(child) >= order(lane)) break
      heap[place] = child
      place = below
    }
    heap[place] = lane
  }
}

function order(lane: Lane | undefined): number {
  return lane?.head?.sequence ?? Infinity
}
