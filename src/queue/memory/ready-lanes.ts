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
  readonly #heap: Lane[] = []

  /** True if no lane is ready. */
  get isEmpty(): boolean {
    return this.#first === undefined && this.#heap.length === 0
  }

  /** Adds a lane whose first update is the newest one of the queue. */
  addNewest(lane: Lane): void {
    if (this.#last) this.#last.nextReady = lane
    else this.#first = lane
    this.#last = lane
  }

  /** Adds a lane that has been reopened. */
  addReopened(lane: Lane): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(lane)
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = heap[parentIndex]
      if (!parent || firstSequence(parent) <= firstSequence(lane)) break
      heap[index] = parent
      index = parentIndex
    }
    heap[index] = lane
  }

  /** Removes and returns the lane whose first update was put earliest. */
  shift(): Lane | undefined {
    const listed = this.#first
    const reopened = this.#heap[0]
    if (reopened && (!listed || firstSequence(reopened) < firstSequence(listed)))
      return this.#shiftHeap(reopened)
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

  #shiftHeap(top: Lane): Lane {
    const last = this.#heap.pop()
    if (last && last !== top) this.#sink(last)
    return top
  }

  #sink(lane: Lane): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      let childIndex = 2 * index + 1
      if (firstSequence(heap[childIndex + 1]) < firstSequence(heap[childIndex])) childIndex += 1
      const child = heap[childIndex]
      if (!child || firstSequence(child) >= firstSequence(lane)) break
      heap[index] = child
      index = childIndex
    }
    heap[index] = lane
  }
}

function firstSequence(lane: Lane | undefined): number {
  return lane?.head?.sequence ?? Infinity
}
