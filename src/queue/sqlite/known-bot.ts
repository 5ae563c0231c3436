import { Heap } from "../../ground/heap.js"
import type { BotTurn } from "../bot-turns.js"
import { StoredLane } from "./stored-lane.js"
import type { StoredPlace } from "./update-rows.js"
import type { UpdateStore } from "./update-store.js"

/** The number of rows that one read fetches. */
const pageSize = 1_000
/** The number of ready lanes below which more rows are read. */
const minReady = 256

/**
 * The lanes of one bot, as far as they are in memory. Only the oldest stored updates of the bot are
 * known here; the rows behind them are read in order when too few lanes are ready. Of each update only
 * the sequence stays in memory, so that the rows of one chat's long backlog can be read through until
 * the lanes of other chats are found.
 */
export class KnownBot implements BotTurn<StoredLane> {
  readonly botId: number
  /** The ready lanes, ordered by the put of their first updates. */
  readonly ready = new Heap<StoredLane>((lane) => lane.head)
  held = 0
  isInLine = false
  nextInLine: BotTurn<StoredLane> | undefined = undefined
  /** True if all stored updates of the bot are known. */
  isComplete: boolean
  readonly #lanes = new Map<string, StoredLane>()
  /** The highest known sequence. */
  #frontier = 0

  /** @param isNew true if the bot has no stored updates */
  constructor(botId: number, isNew: boolean) {
    this.botId = botId
    this.isComplete = isNew
  }

  /** The lanes of the bot. */
  get lanes(): Iterable<StoredLane> {
    return this.#lanes.values()
  }

  /** Returns a lane by its name; `undefined` if none of its updates is in memory. */
  lane(name: string): StoredLane | undefined {
    return this.#lanes.get(name)
  }

  /** True if more rows should be read from the store. */
  get needsRows(): boolean {
    return !this.isComplete && this.ready.size < minReady
  }

  /**
   * Reads the next rows from the store.
   *
   * @param to the last sequence to read
   */
  read(store: UpdateStore, to: number): StoredPlace[] {
    const page = store.placesAfter(this.botId, { after: this.#frontier, to, limit: pageSize })
    this.isComplete = page.length < pageSize
    return page
  }

  /** Adds a stored update at the end of its lane. Returns the lane if the update is its first. */
  add({ sequence, lane: name }: StoredPlace): StoredLane | undefined {
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = new StoredLane(this.botId, name)))
    const isFirst = lane.head === Infinity
    lane.append(sequence)
    this.#frontier = sequence
    return isFirst ? lane : undefined
  }

  /** Makes an open lane ready, or deletes the lane if it is empty. */
  open(lane: StoredLane): void {
    if (!lane.isClosed) this.ready.add(lane)
    else if (lane.head === Infinity) this.#lanes.delete(lane.name)
  }
}
