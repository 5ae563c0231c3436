import type { Random } from "../ground/random.js"

/** Names the sub-queue of webhook delivery that an update belongs to; 0 is one of its own. */
export type SubQueueId = number | bigint

/** One update that waits to be received. */
export interface StoredEvent {
  /** The `update_id`. */
  readonly id: number
  /** `"type":{…}`, ASCII only. */
  readonly json: string
  /** Unix time in seconds from which it is worthless. */
  readonly expiresAt: number
  readonly subQueue: SubQueueId
}

const maxId = 2_000_000_000
const maxEvents = 100_000
const maxEventLength = 524_288
const maxTotalLength = 134_217_728

/** The updates of one bot that nobody has received yet, in the order of their ids. */
export class EventQueue {
  readonly #random: Random
  #events: (StoredEvent | undefined)[] = []
  #base: number
  #first = 0
  #size = 0
  #length = 0

  constructor(random: Random) {
    this.#random = random
    this.#base = this.#firstId()
  }

  /** How many updates wait, among them those that have expired and were not read past yet. */
  get size(): number {
    return this.#size
  }

  /** The id that the next update gets. */
  get tail(): number {
    return this.#base + this.#events.length
  }

  /** The smallest id that waits; with nothing waiting, the last one that was given. */
  get head(): number {
    this.#skipHoles()
    return this.#size > 0 ? this.#base + this.#first : this.tail - 1
  }

  /** Stores an update. `undefined` where there is no room: it is lost and takes no id. */
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

  /** Forgets one update. */
  delete(id: number): void {
    const event = this.#events[id - this.#base]
    if (event === undefined) return
    this.#events[id - this.#base] = undefined
    this.#size -= 1
    this.#length -= event.json.length
  }

  /** Forgets all updates with a smaller id. */
  deleteBefore(id: number): void {
    const end = Math.min(id, this.tail)
    for (let at = this.#base + this.#first; at < end; at++) this.delete(at)
    this.#skipHoles()
  }

  /** Forgets all but the last `count` updates. */
  keepLast(count: number): void {
    let id = this.tail
    for (let left = count; left > 0 && id > this.head;) {
      id -= 1
      if (this.#events[id - this.#base] !== undefined) left -= 1
    }
    this.deleteBefore(id)
  }

  /** Up to `limit` updates from `id` on; those that have expired are forgotten on the way. */
  read(id: number, limit: number, unixTime: number): StoredEvent[] {
    const found: StoredEvent[] = []
    for (let at = Math.max(id, this.head); at < this.tail && found.length < limit; at++) {
      const event = this.#events[at - this.#base]
      if (event === undefined) continue
      if (event.expiresAt < unixTime) this.delete(at)
      else found.push(event)
    }
    return found
  }

  /** Forgets everything that has expired, as Telegram does once a minute. */
  collect(unixTime: number): void {
    this.read(0, Number.POSITIVE_INFINITY, unixTime)
  }

  /** Fills the queue with what waited before, in the order of the ids; `nextId` comes after it. */
  restore(events: readonly StoredEvent[], nextId: number): void {
    this.restart()
    this.#base = events[0]?.id ?? nextId
    this.#events = Array.from<StoredEvent | undefined>({ length: nextId - this.#base })
    for (const event of events) this.#events[event.id - this.#base] = event
    this.#size = events.length
    this.#length = events.reduce((length, { json }) => length + json.length, 0)
  }

  /** Empties the queue and draws a new first id, as Telegram does after a quiet week. */
  restart(): void {
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
