import type { Timer } from "../../ground/timer.js"

/**
 * The stored updates of one lane, as a list of their sequences. The updates themselves stay on disk
 * until they are taken.
 */
export class StoredLane {
  readonly botId: number
  /** The name of the lane, unique within its bot. */
  readonly name: string
  /** True while the first update is in a worker's hands. */
  isHeld = false
  /**
   * The timer that runs until the next attempt of the first update is due; `undefined` if no retry is
   * pending.
   */
  retryTimer: Timer | undefined = undefined
  readonly #sequences: number[] = []
  /** The index of the first update in `#sequences`. */
  #first = 0

  constructor(botId: number, name: string) {
    this.botId = botId
    this.name = name
  }

  /** The sequence of the first update; `Infinity` if the lane is empty. */
  get head(): number {
    return this.#sequences[this.#first] ?? Infinity
  }

  /** True if no update can be taken now. */
  get isClosed(): boolean {
    return this.isHeld || this.retryTimer !== undefined || this.head === Infinity
  }

  /** Adds an update at the end. */
  append(sequence: number): void {
    this.#sequences.push(sequence)
  }

  /** Removes the first update. */
  shift(): void {
    this.#first += 1
    // The array is cut when half of its elements have been removed, so that each removal takes
    // constant time on average.
    if (this.#first < 32 || this.#first * 2 < this.#sequences.length) return
    this.#sequences.splice(0, this.#first)
    this.#first = 0
  }
}

/** A binary heap of ready lanes, ordered by the put of their first update. */
export class LaneHeap {
  readonly #lanes: StoredLane[] = []

  /** The number of lanes. */
  get size(): number {
    return this.#lanes.length
  }

  /** True if the heap is empty. */
  get isEmpty(): boolean {
    return this.#lanes.length === 0
  }

  /** Adds a lane. Its first update must not change while the lane is in the heap. */
  add(lane: StoredLane): void {
    const lanes = this.#lanes
    let index = lanes.length
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = lanes[parentIndex]
      if (!parent || parent.head <= lane.head) break
      lanes[index] = parent
      index = parentIndex
    }
    lanes[index] = lane
  }

  /** Removes and returns the lane whose first update was put earliest. */
  shift(): StoredLane | undefined {
    const top = this.#lanes[0]
    const last = this.#lanes.pop()
    if (last && last !== top) this.#sink(last)
    return top
  }

  #sink(lane: StoredLane): void {
    const lanes = this.#lanes
    let index = 0
    for (;;) {
      let childIndex = 2 * index + 1
      if ((lanes[childIndex + 1]?.head ?? Infinity) < (lanes[childIndex]?.head ?? Infinity))
        childIndex += 1
      const child = lanes[childIndex]
      if (!child || child.head >= lane.head) break
      lanes[index] = child
      index = childIndex
    }
    lanes[index] = lane
  }
}
