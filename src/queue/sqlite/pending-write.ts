import type { AnnouncedPut } from "../../events/index.js"
import type { NewUpdate } from "../new-update.js"
import { QueueClosed } from "../queue-closed.js"
import type { KnownLanes } from "./known-lanes.js"
import type { UpdateStore } from "./update-store.js"

/** Something that is written in the transaction of its turn of the event loop. */
export interface PendingWrite {
  /** Within the transaction. Called again when that has failed and is tried once more. */
  write(store: UpdateStore, now: number): void
  /** After the commit: what is in memory follows. */
  apply(lanes: KnownLanes): void
  /** After the commit and every `apply` of the turn: tells who waits for it. */
  answer(): void
  /** It has not been written and will not be. */
  refuse(reason: Error): void
}

/** Who waits for a put. */
export interface AskedPut {
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
  /** Where the put is announced, and an update that is known has to be noted. */
  readonly announced: AnnouncedPut | undefined
  /** Whether it is stored before its turn, and handled when a {@link PendingMove} says so. */
  readonly isEarly: boolean
}

/** An update on its way into the store. */
export class PendingPut implements PendingWrite {
  readonly update: NewUpdate
  readonly #asked: AskedPut
  #sequence: number | undefined

  constructor(update: NewUpdate, asked: AskedPut) {
    this.update = update
    this.#asked = asked
  }

  write(store: UpdateStore, now: number): void {
    this.#sequence = store.put(this.update, now)
  }

  /** Where it is stored; `undefined` before that, and where it was known. */
  get sequence(): number | undefined {
    return this.#sequence
  }

  apply(lanes: KnownLanes): void {
    const { botId, lane } = this.update
    const sequence = this.#sequence
    if (sequence !== undefined && this.#asked.isEarly) lanes.keepBack(sequence)
    else if (sequence !== undefined) lanes.add({ sequence, botId, lane, dueAt: 0 })
    else if (this.#asked.announced) this.#asked.announced.isRepeated = true
  }

  answer(): void {
    this.#asked.resolve()
  }

  refuse(reason: Error): void {
    this.#asked.reject(reason)
  }
}

/**
 * An update that was stored early goes behind all that has come since, and into its lane. Until that
 * can be written its lane goes on without it.
 */
export class PendingMove implements PendingWrite {
  readonly #put: PendingPut
  readonly #again: (move: PendingMove) => void
  #sequence: number | undefined

  /** @param again tries once more what could not be written */
  constructor(put: PendingPut, again: (move: PendingMove) => void) {
    this.#put = put
    this.#again = again
  }

  write(store: UpdateStore): void {
    const { sequence } = this.#put
    if (sequence !== undefined) this.#sequence = store.move(sequence)
  }

  apply(lanes: KnownLanes): void {
    const { botId, lane } = this.#put.update
    const { sequence: before } = this.#put
    if (before === undefined || this.#sequence === undefined) return
    lanes.letGo(before, { sequence: this.#sequence, botId, lane, dueAt: 0 })
  }

  answer(): void {}

  refuse(reason: Error): void {
    if (!(reason instanceof QueueClosed)) this.#again(this)
  }
}

/** What the end of a delivery writes, and what follows from it in memory. */
export interface Ending {
  /** Within the transaction. */
  readonly write: (store: UpdateStore, now: number) => void
  /** After the commit. */
  readonly apply: (lanes: KnownLanes) => void
}

/** The end of a delivery on its way into the store. */
export class PendingEnding implements PendingWrite {
  readonly #ending: Ending
  readonly #resolve: () => void
  readonly #reject: (reason: Error) => void

  constructor(ending: Ending, resolve: () => void, reject: (reason: Error) => void) {
    this.#ending = ending
    this.#resolve = resolve
    this.#reject = reject
  }

  write(store: UpdateStore, now: number): void {
    this.#ending.write(store, now)
  }

  apply(lanes: KnownLanes): void {
    this.#ending.apply(lanes)
  }

  answer(): void {
    this.#resolve()
  }

  refuse(reason: Error): void {
    this.#reject(reason)
  }
}
