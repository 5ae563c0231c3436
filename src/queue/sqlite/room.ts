import { hasItsShare, LaneCounts } from "../lane-share.js"
import type { NewUpdate } from "../new-update.js"
import { QueueFull } from "../update-queue.js"

/** A lane of a bot. */
export interface LaneName {
  readonly botId: number
  readonly lane: string
}

/**
 * How many more updates a queue takes, all in all and of one lane. After a refusal all that may follow are
 * refused for the rest of the turn: none may overtake the refused one.
 */
export class Room {
  readonly #capacity: number
  readonly #waiting: () => number
  readonly #counts = new LaneCounts()
  /** Whether nothing more is taken in this turn. */
  #isRefusing = false
  /** The lanes of which nothing more is taken in this turn. */
  #refused: LaneName[] = []

  /**
   * @param capacity how many updates may wait; with `Infinity` nothing is counted
   * @param waiting how many do
   */
  constructor(capacity: number, waiting: () => number) {
    this.#capacity = capacity
    this.#waiting = waiting
  }

  /** Whether there is a bound. */
  get isBounded(): boolean {
    return this.#capacity < Infinity
  }

  /** Throws where no update is taken of any lane. */
  expectAny(): void {
    if (this.#waiting() >= this.#capacity) throw new QueueFull(this.#capacity)
  }

  /**
   * Throws where an update is not taken.
   *
   * @param isKnown whether its id is known, so that it needs no room
   */
  expect(update: NewUpdate, isKnown: () => boolean): void {
    const full = this.isBounded ? this.#whyFull(update) : undefined
    if (!full || isKnown()) return
    this.#refuse(update)
    throw full
  }

  /** So many more of a lane wait, or fewer. */
  add({ botId, lane }: LaneName, count: number): void {
    if (this.isBounded) this.#counts.add(botId, lane, count)
  }

  /** Refused ones are taken again. */
  turnEnded(): void {
    this.#isRefusing = false
    this.#refused = []
  }

  #refuse({ botId, lane }: NewUpdate): void {
    if (this.#waiting() >= this.#capacity) this.#isRefusing = true
    else this.#refused.push({ botId, lane })
  }

  #whyFull({ botId, lane }: NewUpdate): QueueFull | undefined {
    const waiting = this.#waiting()
    if (waiting >= this.#capacity || this.#isRefusing) return new QueueFull(this.#capacity)
    const count = this.#counts.of(botId, lane)
    const isRefused = this.#refused.some((one) => one.botId === botId && one.lane === lane)
    if (!isRefused && !hasItsShare(count, this.#capacity - waiting)) return undefined
    return new QueueFull(count, `updates of lane ${lane}, which is its share,`)
  }
}
