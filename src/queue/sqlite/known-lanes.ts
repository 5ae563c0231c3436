import { idleTimer } from "../../ground/timer.js"
import { LaneHeap, StoredLane } from "./stored-lane.js"
import type { StoredPlace, UpdateStore } from "./update-store.js"

/** How many places are read from the store at a time. */
const pageSize = 1_000
/** Further places are read when fewer lanes than this can be taken from. */
const readyAtLeast = 256
/** How many places are known before new ones are left in the store, to be read later. */
const knownAtMost = 100_000

/**
 * The lanes of the updates that were stored first. Those behind them are unknown until they are
 * needed, so that a million that wait take little memory: they are read from the store in their
 * order, until enough lanes can be taken from. Of the updates of a lane that is held only the places
 * are kept, so that a chat with many of them delays no other.
 */
export class KnownLanes {
  readonly #store: UpdateStore
  readonly #opened: () => void
  readonly #lanes = new Map<string, StoredLane>()
  readonly #ready = new LaneHeap()
  /** The last place that is known. */
  #frontier = 0
  #known = 0
  /** Whether nothing is stored beyond the frontier. */
  #isComplete = false

  /** @param opened called when a lane that rested can be taken from */
  constructor(store: UpdateStore, opened: () => void) {
    this.#store = store
    this.#opened = opened
  }

  /** Whether lanes should be read from the store. */
  get isShort(): boolean {
    return !this.#isComplete && this.#ready.size < readyAtLeast
  }

  /** Adds what has just been stored, or leaves it to be read. */
  add(place: StoredPlace): void {
    if (this.#known >= knownAtMost) this.#isComplete = false
    if (this.#isComplete) this.#insert(place)
  }

  /** Reads the next places from the store. */
  read(): void {
    const page = this.#store.placesAfter(this.#frontier, pageSize)
    for (const place of page) this.#insert(place)
    this.#isComplete = page.length < pageSize
  }

  /** Removes up to `count` lanes to take from: those whose first updates are the oldest. */
  shift(count: number): StoredLane[] {
    const lanes: StoredLane[] = []
    while (lanes.length < count) {
      const lane = this.#ready.shift()
      if (!lane) break
      lanes.push(lane)
    }
    return lanes
  }

  /** The first update of a lane is gone, and the lane is open. */
  advance(lane: StoredLane): void {
    lane.shift()
    this.#known -= 1
    this.open(lane)
  }

  /** A lane is no longer held. */
  open(lane: StoredLane): void {
    lane.isHeld = false
    if (!lane.isClosed) this.#ready.add(lane)
    else if (lane.head === Infinity) this.#lanes.delete(keyOf(lane.botId, lane.name))
  }

  /** A lane is no longer held, and can be taken from when it is due. */
  rest(lane: StoredLane, dueAt: number): void {
    const waitMs = dueAt - Date.now()
    if (waitMs <= 0) return this.open(lane)
    lane.isHeld = false
    lane.rest = idleTimer(() => {
      lane.rest = undefined
      this.rest(lane, dueAt)
      if (!lane.rest) this.#opened()
    }, waitMs)
  }

  /** Stops all timers. */
  close(): void {
    for (const { rest } of this.#lanes.values()) rest?.stop()
  }

  #insert({ sequence, botId, lane: name, dueAt }: StoredPlace): void {
    const key = keyOf(botId, name)
    let lane = this.#lanes.get(key)
    if (!lane) this.#lanes.set(key, (lane = new StoredLane(botId, name)))
    const isFirst = lane.head === Infinity
    lane.append(sequence)
    this.#known += 1
    this.#frontier = sequence
    // A lane without updates is held or not there: what is first here was first in the store.
    if (isFirst && !lane.isHeld) this.rest(lane, dueAt)
  }
}

function keyOf(botId: number, name: string): string {
  return `${botId}:${name}`
}
