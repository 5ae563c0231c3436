import { hasReachedShare, LaneCounts } from "../lane-share.js"
import type { NewUpdate } from "../new-update.js"
import { QueueFull } from "../update-queue.js"

/** The name of a lane, together with its bot. */
export interface LaneName {
  readonly botId: number
  readonly lane: string
}

/**
 * The free capacity of a queue, of all lanes together and of each lane. After a refusal, later puts of
 * the same turn of the event loop are refused, too: the puts of the same lane, or all puts if the whole
 * queue is full. Otherwise an update could overtake the refused one.
 */
export class Room {
  readonly #capacity: number
  readonly #waiting: () => number
  readonly #counts = new LaneCounts()
  /** True while every put is refused, for the rest of this turn. */
  #isRefusing = false
  /** The lanes whose puts are refused for the rest of this turn. */
  #refused: LaneName[] = []

  /**
   * @param capacity the maximum number of waiting updates; with `Infinity` nothing is counted
   * @param waiting returns the number of waiting updates
   */
  constructor(capacity: number, waiting: () => number) {
    this.#capacity = capacity
    this.#waiting = waiting
  }

  /** True if the capacity is limited. */
  get isBounded(): boolean {
    return this.#capacity < Infinity
  }

  /** Throws a {@link QueueFull} if the whole queue is full. */
  expectNotFull(): void {
    if (this.#waiting() >= this.#capacity) throw new QueueFull(this.#capacity)
  }

  /**
   * Throws a {@link QueueFull} if there is no room for an update.
   *
   * @param isKnown returns true if the update's id is known, so that the update needs no room
   */
  expectRoomFor(update: NewUpdate, isKnown: () => boolean): void {
    const full = this.isBounded ? this.#fullError(update) : undefined
    if (!full || isKnown()) return
    this.#refuse(update)
    throw full
  }

  /** Adds `count` to a lane's number of waiting updates. A negative `count` subtracts. */
  add({ botId, lane }: LaneName, count: number): void {
    if (this.isBounded) this.#counts.add(botId, lane, count)
  }

  /** Ends the turn: refused lanes may put again. */
  endTurn(): void {
    this.#isRefusing = false
    this.#refused = []
  }

  #refuse({ botId, lane }: NewUpdate): void {
    if (this.#waiting() >= this.#capacity) this.#isRefusing = true
    else this.#refused.push({ botId, lane })
  }

  #fullError({ botId, lane }: NewUpdate): QueueFull | undefined {
    const waiting = this.#waiting()
    if (waiting >= this.#capacity || this.#isRefusing) return new QueueFull(this.#capacity)
    const count = this.#counts.get(botId, lane)
    const isRefused = this.#refused.some((one) => one.botId === botId && one.lane === lane)
    if (!isRefused && !hasReachedShare(count, this.#capacity - waiting)) return undefined
    return new QueueFull(count, `updates of lane ${lane}, the share of one lane,`)
  }
}
