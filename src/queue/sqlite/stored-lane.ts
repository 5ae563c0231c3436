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
  /** The id of the update that was taken last. */
  takenId = 0
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
