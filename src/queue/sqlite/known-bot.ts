import type { BotTurn } from "../bot-turns.js"
import { LaneHeap, StoredLane } from "./stored-lane.js"
import type { StoredPlace } from "./update-rows.js"
import type { UpdateStore } from "./update-store.js"

/** How many places are read from the store at a time. */
const pageSize = 1_000
/** Further places are read when fewer lanes than this can be taken from. */
const readyAtLeast = 256

/**
 * The lanes of the updates of one bot that were stored first. Those behind them are unknown until
 * they are needed: they are read from the store in their order, until enough lanes can be taken
 * from. Of the updates of a lane that is held only the places are kept, so that a chat with many of
 * them delays no other.
 */
export class KnownBot implements BotTurn<StoredLane> {
  readonly botId: number
  readonly ready = new LaneHeap()
  held = 0
  isInLine = false
  nextInLine: BotTurn<StoredLane> | undefined = undefined
  /** Whether nothing of it is stored beyond what is known. */
  isComplete: boolean
  readonly #lanes = new Map<string, StoredLane>()
  /** The last place that is known. */
  #frontier = 0

  /** @param isNew whether nothing of it is stored */
  constructor(botId: number, isNew: boolean) {
    this.botId = botId
    this.isComplete = isNew
  }

  /** Its lanes. */
  get lanes(): Iterable<StoredLane> {
    return this.#lanes.values()
  }

  /** Whether lanes should be read from the store. */
  get isShort(): boolean {
    return !this.isComplete && this.ready.size < readyAtLeast
  }

  /** The next places in the store, up to one. */
  read(store: UpdateStore, to: number): StoredPlace[] {
    const page = store.placesAfter(this.botId, { after: this.#frontier, to, limit: pageSize })
    this.isComplete = page.length < pageSize
    return page
  }

  /** Adds a place behind all others; answers its lane where that has no other. */
  add({ sequence, lane: name }: StoredPlace): StoredLane | undefined {
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = new StoredLane(this.botId, name)))
    const isFirst = lane.head === Infinity
    lane.append(sequence)
    this.#frontier = sequence
    return isFirst ? lane : undefined
  }

  /** Lets a lane that nobody holds be taken from, or forgets it where it is empty. */
  open(lane: StoredLane): void {
    if (!lane.isClosed) this.ready.add(lane)
    else if (lane.head === Infinity) this.#lanes.delete(lane.name)
  }
}
