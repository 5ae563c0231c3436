import { Heap } from "../../ground/heap.js"
import { idleTimer, type Timer } from "../../ground/timer.js"
import type { OwnContent } from "../../telegram/own-update.js"
import type { OwnPut, TimerCancel } from "../state-store.js"

/** The longest wait until the wall clock is read again, in milliseconds. */
const maxWaitMs = 10_000
/** The maximum number of entries that one turn of the event loop puts. */
const batchSize = 1_000
/** The number of cancelled entries at which they are removed before they are due. */
const manyCancelled = 64

/** An own update that waits for its time. */
interface Entry {
  readonly botId: number
  /** The content as JSON text, so that a later change of its data has no effect. */
  readonly json: string
  readonly dueAt: number
  /** The position among all entries: entries of one time are put in the order in which they were added. */
  readonly sequence: number
  readonly name: string | undefined
  isCancelled: boolean
}

/** A function that puts an own update that is due. */
export type PutOwn = (botId: number, own: OwnContent) => void

/** The timers of a `MemoryQueue`. One timer of the runtime waits for the earliest entry. */
export class MemoryTimers {
  readonly #put: PutOwn
  #entries = emptyHeap()
  readonly #byName = new Map<string, Entry>()
  #cancelled = 0
  #sequence = 0
  #timer: Timer | undefined

  constructor(put: PutOwn) {
    this.#put = put
  }

  /** The number of entries, including cancelled entries that have not been removed yet. */
  get size(): number {
    return this.#entries.size
  }

  /** Puts an own update at once if it is due, otherwise at its time. */
  add({ botId, own, dueAt = 0, timer }: OwnPut): void {
    if (timer !== undefined) this.cancel({ botId, timer })
    const json = JSON.stringify(own)
    // `add` has made the text from an `OwnContent`.
    if (dueAt <= Date.now()) return this.#put(botId, JSON.parse(json) as OwnContent)
    const name = timer === undefined ? undefined : nameOf(botId, timer)
    const entry = { botId, json, dueAt, sequence: this.#sequence++, name, isCancelled: false }
    this.#entries.add(entry)
    if (name !== undefined) this.#byName.set(name, entry)
    if (this.#entries.first === entry) this.#wait()
  }

  /** Removes a timer that is not due yet. Does nothing if there is none. */
  cancel({ botId, timer }: Pick<TimerCancel, "botId" | "timer">): void {
    const name = nameOf(botId, timer)
    const entry = this.#byName.get(name)
    if (!entry) return
    this.#byName.delete(name)
    entry.isCancelled = true
    this.#cancelled += 1
    if (this.#cancelled >= manyCancelled && this.#cancelled * 2 > this.#entries.size)
      this.#compact()
  }

  /** Removes all timers of a bot. */
  deleteBot(botId: number): void {
    for (const [name, entry] of this.#byName) if (entry.botId === botId) this.#byName.delete(name)
    this.#keep((entry) => entry.botId !== botId)
    this.#wait()
  }

  /** Stops waiting. The entries are lost. */
  close(): void {
    this.#timer?.stop()
    this.#entries = emptyHeap()
    this.#byName.clear()
  }

  #wait(): void {
    this.#timer?.stop()
    const { first } = this.#entries
    if (!first) return
    const waitMs = Math.min(Math.max(first.dueAt - Date.now(), 0), maxWaitMs)
    this.#timer = idleTimer(() => this.#putDue(), waitMs)
  }

  #putDue(): void {
    const now = Date.now()
    for (let count = 0; count < batchSize; count += 1) {
      const { first } = this.#entries
      if (!first || first.dueAt > now) break
      this.#entries.shift()
      if (first.isCancelled) this.#cancelled -= 1
      else this.#putEntry(first)
    }
    this.#wait()
  }

  #putEntry({ botId, json, name }: Entry): void {
    if (name !== undefined) this.#byName.delete(name)
    // `add` has made the text from an `OwnContent`.
    this.#put(botId, JSON.parse(json) as OwnContent)
  }

  /** Removes the cancelled entries. */
  #compact(): void {
    this.#keep(() => true)
  }

  /** Removes the cancelled entries, and those that do not satisfy a condition. */
  #keep(isKept: (entry: Entry) => boolean): void {
    const kept = emptyHeap()
    for (let entry = this.#entries.shift(); entry; entry = this.#entries.shift()) {
      if (!entry.isCancelled && isKept(entry)) kept.add(entry)
    }
    this.#entries = kept
    this.#cancelled = 0
  }
}

function emptyHeap(): Heap<Entry> {
  return new Heap<Entry>(
    ({ dueAt }) => dueAt,
    ({ sequence }) => sequence,
  )
}

function nameOf(botId: number, timer: string): string {
  return `${botId} ${timer}`
}
