import { BoundedMap } from "../ground/bounded-map.js"
import type { Random } from "../ground/random.js"

/** The id of a sub-queue of webhook delivery; 0 stands for a sub-queue of its own. */
export type SubQueueId = number | bigint

/** A pending update. */
export interface StoredEvent {
  /** The `update_id`. */
  readonly id: number
  /** `"type":{…}` in ASCII. */
  readonly json: string
  /** The expiry, as Unix time in seconds. */
  readonly expiresAt: number
  readonly subQueue: SubQueueId
}

/** Whether an update waits, was acknowledged by the bot, or was removed without that. */
export type EventState = "pending" | "acknowledged" | "lost"

/** The largest `update_id`; the next id starts over. */
const maxId = 2_000_000_000
/** The maximum number of pending updates of a bot. */
const maxEvents = 100_000
/** The maximum length of one update, in characters. */
const maxEventLength = 524_288
/** The maximum length of all pending updates of a bot, in characters. */
const maxTotalLength = 134_217_728

/** The pending updates of one bot, in the order of their ids. */
export class EventQueue {
  readonly #random: Random
  #events: (StoredEvent | undefined)[] = []
  #base: number
  #first = 0
  #size = 0
  #length = 0
  readonly #lost = new BoundedMap<number, true>(maxEvents)

  constructor(random: Random) {
    this.#random = random
    this.#base = this.#firstId()
  }

  /** The number of pending updates, including expired ones that have not been removed yet. */
  get size(): number {
    return this.#size
  }

  /** The id that the next update will get. */
  get tail(): number {
    return this.#base + this.#events.length
  }

  /** The smallest pending id; without pending updates, the last id that was assigned. */
  get head(): number {
    this.#skipHoles()
    return this.#size > 0 ? this.#base + this.#first : this.tail - 1
  }

  /**
   * Stores an update. Returns `undefined` if the queue is full: then the update is lost and gets no
   * id.
   */
  push(json: string, expiresAt: number, subQueue: SubQueueId): StoredEvent | undefined {
    if (json.length > maxEventLength || this.#size >= maxEvents || expiresAt <= 0) return undefined
    if (this.#length + json.length > maxTotalLength) return undefined
    if (this.tail >= maxId) this.restart()
    const event = { id: this.tail, json, expiresAt, subQueue }
    this.#events.push(event)
    this.#size += 1
    this.#length += json.length
    return event
  }

  /** Returns the state of an update that was in this queue. */
  stateOf(id: number): EventState {
    if (this.#events[id - this.#base] !== undefined) return "pending"
    return this.#lost.has(id) ? "lost" : "acknowledged"
  }

  /** The ids of the updates that were removed without an acknowledgement. */
  get lost(): number[] {
    return [...this.#lost.keys()]
  }

  /** Removes one update that the bot has not acknowledged. */
  lose(id: number): void {
    if (this.stateOf(id) === "pending") this.#lost.set(id, true)
    this.delete(id)
  }

  /** Removes one update that the bot has acknowledged. */
  delete(id: number): void {
    const event = this.#events[id - this.#base]
    if (event === undefined) return
    this.#events[id - this.#base] = undefined
    this.#size -= 1
    this.#length -= event.json.length
  }

  /** Removes all updates with a smaller id, which the bot has acknowledged. */
  deleteBefore(id: number): void {
    const end = Math.min(id, this.tail)
    for (let at = this.#base + this.#first; at < end; at++) this.delete(at)
    this.#skipHoles()
  }

  /** Removes all but the last `count` updates, which are lost. */
  keepLast(count: number): void {
    let id = this.tail
    for (let remaining = count; remaining > 0 && id > this.head;) {
      id -= 1
      if (this.#events[id - this.#base] !== undefined) remaining -= 1
    }
    for (let at = this.head; at < id; at++) this.lose(at)
    this.#skipHoles()
  }

  /** Returns up to `limit` updates from `id` on, and removes expired ones on the way. */
  read(id: number, limit: number, unixTime: number): StoredEvent[] {
    const found: StoredEvent[] = []
    for (let at = Math.max(id, this.head); at < this.tail && found.length < limit; at++) {
      const event = this.#events[at - this.#base]
      if (event === undefined) continue
      if (event.expiresAt < unixTime) this.lose(at)
      else found.push(event)
    }
    return found
  }

  /** Removes all expired updates; Telegram does so once per minute. */
  collect(unixTime: number): void {
    this.read(0, Number.POSITIVE_INFINITY, unixTime)
  }

  /** Restores saved updates, ordered by id; `nextId` is the id of the next update. */
  restore(events: readonly StoredEvent[], nextId: number, lost: readonly number[] = []): void {
    this.restart()
    for (const id of lost) this.#lost.set(id, true)
    this.#base = events[0]?.id ?? nextId
    this.#events = Array.from<StoredEvent | undefined>({ length: nextId - this.#base })
    for (const event of events) this.#events[event.id - this.#base] = event
    this.#size = events.length
    this.#length = events.reduce((length, { json }) => length + json.length, 0)
  }

  /** Empties the queue and draws a new first id, as Telegram does after a week without updates. */
  restart(): void {
    for (const event of this.#events) if (event !== undefined) this.#lost.set(event.id, true)
    this.#events = []
    this.#base = this.#firstId()
    this.#first = 0
    this.#size = 0
    this.#length = 0
  }

  #firstId(): number {
    return this.#random.integer(2_000_001, maxId / 2)
  }

  #skipHoles(): void {
    while (this.#first < this.#events.length && this.#events[this.#first] === undefined) {
      this.#first += 1
    }
    if (this.#first < 1024 || this.#first * 2 < this.#events.length) return
    this.#events = this.#events.slice(this.#first)
    this.#base += this.#first
    this.#first = 0
  }
}
