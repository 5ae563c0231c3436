import type { AnnouncedPut } from "../../events/index.js"
import type { NewUpdate } from "../new-update.js"
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

  apply(lanes: KnownLanes): void {
    const { botId, lane } = this.update
    if (this.#sequence !== undefined) lanes.add({ sequence: this.#sequence, botId, lane, dueAt: 0 })
    else if (this.#asked.announced) this.#asked.announced.isRepeated = true
  }

  answer(): void {
    this.#asked.resolve()
  }

  refuse(reason: Error): void {
    this.#asked.reject(reason)
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
