import type { Timer } from "../../ground/timer.js"

/**
 * The updates of one lane that are stored, by their places in the order of all puts. Only numbers:
 * the updates themselves stay on disk until they are taken.
 */
export class StoredLane {
  readonly botId: number
  /** The lane's name within its bot. */
  readonly name: string
  /** Whether a worker holds the first. */
  isHeld = false
  /** Runs while the first waits for its next attempt. */
  rest: Timer | undefined = undefined
  readonly #sequences: number[] = []
  #first = 0

  constructor(botId: number, name: string) {
    this.botId = botId
    this.name = name
  }

  /** The place of the first; `Infinity` where there is none. */
  get head(): number {
    return this.#sequences[this.#first] ?? Infinity
  }

  /** Whether nothing can be taken now. */
  get isClosed(): boolean {
    return this.isHeld || this.rest !== undefined || this.head === Infinity
  }

  /** Adds one behind all others. */
  append(sequence: number): void {
    this.#sequences.push(sequence)
  }

  /** Removes the first. */
  shift(): void {
    this.#first += 1
    // What was removed is cut off when it is half of the list: constant for each in the long run.
    if (this.#first < 32 || this.#first * 2 < this.#sequences.length) return
    this.#sequences.splice(0, this.#first)
    this.#first = 0
  }
}

/** Lanes from which an update can be taken, the one whose first was put first in front: a heap. */
export class LaneHeap {
  readonly #lanes: StoredLane[] = []

  /** How many there are. */
  get size(): number {
    return this.#lanes.length
  }

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#lanes.length === 0
  }

  /** Adds a lane, whose head may not change while it is here. */
  add(lane: StoredLane): void {
    const lanes = this.#lanes
    let place = lanes.length
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = lanes[above]
      if (!parent || parent.head <= lane.head) break
      lanes[place] = parent
      place = above
    }
    lanes[place] = lane
  }

  /** Removes the lane whose first update was put first. */
  shift(): StoredLane | undefined {
    const top = this.#lanes[0]
    const last = this.#lanes.pop()
    if (last && last !== top) this.#sink(last)
    return top
  }

  #sink(lane: StoredLane): void {
    const lanes = this.#lanes
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      if ((lanes[below + 1]?.head ?? Infinity) < (lanes[below]?.head ?? Infinity)) below += 1
      const child = lanes[below]
      if (!child || child.head >= lane.head) break
      lanes[place] = child
      place = below
    }
    lanes[place] = lane
  }
}
