import type { AnnouncedPut } from "../../events/index.js"
import type { NewUpdate } from "../new-update.js"
import type { KnownLanes } from "./known-lanes.js"
import type { HandledUpdate } from "./update-rows.js"
import type { Rows, UpdateStore } from "./update-store.js"

/** Something that is written in the transaction of its turn of the event loop. */
export interface PendingWrite {
  /** When it is on disk: what is in memory follows. */
  apply(lanes: KnownLanes, store: UpdateStore): void
  /** After every `apply` of the transaction: tells who waits for it. */
  answer(): void
  /** It has not been written and will not be. */
  refuse(reason: Error): void
}

/** Who waits for a write. */
interface Asker {
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

/** What is said with a put. */
export interface AskedPut extends Asker {
  /** Where the put is announced, and an update that is known has to be noted. */
  readonly announced: AnnouncedPut | undefined
  /** Whether it is stored before its turn, and handled when a {@link PendingMove} says so. */
  readonly isEarly: boolean
}

/** An update on its way into the store. */
export class PendingPut implements PendingWrite {
  readonly update: NewUpdate
  readonly #asked: AskedPut
  /** Where it is stored; `undefined` before that, and where it was known. */
  sequence: number | undefined
  /** When it was stored. */
  #now = 0

  constructor(update: NewUpdate, asked: AskedPut) {
    this.update = update
    this.#asked = asked
  }

  /** Writes several, within the transaction. */
  static writeAll(puts: readonly PendingPut[], { updates }: Rows, now: number): void {
    const places = updates.put(
      puts.map(({ update }) => update),
      now,
    )
    for (const [index, put] of puts.entries()) {
      put.sequence = places[index]
      put.#now = now
    }
  }

  apply(lanes: KnownLanes, store: UpdateStore): void {
    const { sequence, update } = this
    const { botId, lane } = update
    if (sequence === undefined) {
      if (this.#asked.announced) this.#asked.announced.isRepeated = true
    } else if (this.#asked.isEarly) lanes.keepBack(sequence)
    else {
      store.keep(sequence, update, this.#now)
      lanes.add({ sequence, botId, lane, dueAt: 0 })
    }
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

  /** Within the transaction. */
  write({ updates }: Rows): void {
    const { sequence } = this.#put
    if (sequence !== undefined) this.#sequence = updates.move(sequence)
  }

  apply(lanes: KnownLanes): void {
    const { botId, lane } = this.#put.update
    const { sequence: before } = this.#put
    if (before === undefined || this.#sequence === undefined) return
    lanes.letGo(before, { sequence: this.#sequence, botId, lane, dueAt: 0 })
  }

  answer(): void {}

  refuse(): void {
    this.#again(this)
  }
}

/** What the end of a delivery writes, and what follows from it in memory. */
export interface Ending {
  /** Set where the update has been handled, and nothing else is to be written. */
  readonly handled?: HandledUpdate
  /** Within the transaction. */
  readonly write?: (rows: Rows, now: number) => void
  /** When it is on disk. */
  readonly apply: (lanes: KnownLanes) => void
}

/** The end of a delivery on its way into the store. */
export class PendingEnding implements PendingWrite {
  readonly #ending: Ending
  readonly #asker: Asker

  constructor(ending: Ending, asker: Asker) {
    this.#ending = ending
    this.#asker = asker
  }

  /** Writes several, within the transaction. Called again when that has failed and is tried once more. */
  static writeAll(endings: readonly PendingEnding[], rows: Rows, now: number): void {
    const handled: HandledUpdate[] = []
    for (const { ending } of endings) {
      if (ending.handled) handled.push(ending.handled)
      ending.write?.(rows, now)
    }
    rows.updates.done(handled, now)
  }

  /** What it writes. */
  get ending(): Ending {
    return this.#ending
  }

  apply(lanes: KnownLanes): void {
    this.#ending.apply(lanes)
  }

  answer(): void {
    this.#asker.resolve()
  }

  refuse(reason: Error): void {
    this.#asker.reject(reason)
  }
}
