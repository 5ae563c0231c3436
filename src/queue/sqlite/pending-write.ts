import type { AnnouncedPut } from "../../events/index.js"
import type { NewUpdate } from "../new-update.js"
import type { UpdateReference } from "../update-queue.js"
import type { KnownLanes } from "./known-lanes.js"
import type { LaneName } from "./room.js"
import type { TurnBatch } from "./turn-batch.js"
import type { HandledUpdate } from "./update-rows.js"
import type { Rows, UpdateStore } from "./update-store.js"

/** Something that is written in the transaction of its turn of the event loop. */
export interface PendingWrite {
  /** How many updates it adds. */
  readonly adds: number
  /** How many characters of updates it adds. */
  readonly bytes: number
  /** Whether it puts an update. */
  isPutOf(reference: UpdateReference): boolean
  /** Within the transaction; once more when that has failed and is tried again. */
  write(batch: TurnBatch, now: number): void
  /** When it is on disk: what is in memory follows. */
  apply(lanes: KnownLanes, store: UpdateStore): void
  /**
   * After every `apply` of the transaction: tells who waits for it.
   *
   * @param gone why the next start would not find what is written; absent where it would
   */
  answer(gone?: Error): void
  /** It has not been written and will not be. */
  refuse(reason: Error): void
}

/** Who waits for a write. */
interface Asker<Result = void> {
  readonly resolve: (result: Result) => void
  readonly reject: (reason: Error) => void
}

/** What is said with a put. */
export interface AskedPut extends Asker {
  /** Called when it turns out that the update is known, and is not stored. */
  readonly known: () => void
  /** Where the put is announced, and an update that is known has to be noted. */
  readonly announced: AnnouncedPut | undefined
  /** Whether it is stored before its turn, and handled when a {@link PendingMove} says so. */
  readonly isEarly: boolean
}

/** An update on its way into the store. */
export class PendingPut implements PendingWrite {
  readonly adds = 1
  readonly bytes: number
  readonly update: NewUpdate
  readonly isEarly: boolean
  readonly #asked: AskedPut
  /** Where it is stored; `undefined` before that, and where it was known. */
  sequence: number | undefined
  /** When it was stored. */
  #now = 0

  constructor(update: NewUpdate, asked: AskedPut) {
    this.update = update
    this.bytes = update.body.length
    this.isEarly = asked.isEarly
    this.#asked = asked
  }

  isPutOf({ botId, updateId }: UpdateReference): boolean {
    return this.update.botId === botId && this.update.updateId === updateId
  }

  write(batch: TurnBatch, now: number): void {
    this.#now = now
    if (this.isEarly) this.sequence = batch.rows.updates.putEarly(this.update, now)
    else batch.put(this)
  }

  apply(lanes: KnownLanes, store: UpdateStore): void {
    const { sequence, update } = this
    const { botId, lane } = update
    if (sequence === undefined) {
      if (this.#asked.announced) this.#asked.announced.isRepeated = true
      this.#asked.known()
    } else if (!this.isEarly) {
      store.keep(sequence, update, this.#now)
      lanes.add({ sequence, botId, lane, dueAt: 0 })
    }
  }

  answer(gone?: Error): void {
    if (gone) this.#asked.reject(gone)
    else this.#asked.resolve()
  }

  refuse(reason: Error): void {
    // The transaction has failed: what stands in its place is another one.
    this.sequence = undefined
    this.#asked.reject(reason)
  }
}

/**
 * An update that was stored early goes behind all that has come since, and into its lane. Until that
 * can be written its lane goes on without it.
 */
export class PendingMove implements PendingWrite {
  readonly adds = 0
  readonly bytes = 0
  readonly #put: PendingPut
  readonly #again: (move: PendingMove) => void
  #sequence: number | undefined

  /** @param again tries once more what could not be written */
  constructor(put: PendingPut, again: (move: PendingMove) => void) {
    this.#put = put
    this.#again = again
  }

  isPutOf(): boolean {
    return false
  }

  write({ rows }: TurnBatch): void {
    const { sequence } = this.#put
    if (sequence !== undefined) this.#sequence = rows.updates.move(sequence)
  }

  apply(lanes: KnownLanes): void {
    const { botId, lane } = this.#put.update
    if (this.#sequence !== undefined) lanes.add({ sequence: this.#sequence, botId, lane, dueAt: 0 })
  }

  answer(): void {}

  refuse(): void {
    this.#again(this)
  }
}

/** A change that an operator asks for. */
export class PendingChange<Result> implements PendingWrite {
  readonly adds = 0
  readonly bytes = 0
  readonly #change: (rows: Rows, now: number) => Result
  readonly #applied: (result: Result) => void
  readonly #asker: Asker<Result>
  #result: { readonly value: Result } | undefined

  /**
   * @param change within the transaction
   * @param applied called with its result when that is on disk
   */
  constructor(
    change: (rows: Rows, now: number) => Result,
    applied: (result: Result) => void,
    asker: Asker<Result>,
  ) {
    this.#change = change
    this.#applied = applied
    this.#asker = asker
  }

  isPutOf(): boolean {
    return false
  }

  write({ rows }: TurnBatch, now: number): void {
    this.#result = { value: this.#change(rows, now) }
  }

  apply(): void {
    if (this.#result) this.#applied(this.#result.value)
  }

  answer(): void {
    if (this.#result) this.#asker.resolve(this.#result.value)
  }

  refuse(reason: Error): void {
    this.#asker.reject(reason)
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
  /** Whose it is. */
  readonly lane: LaneName
  /** Whether the update waits again then. */
  readonly waitsAgain?: boolean
}

/** The end of a delivery on its way into the store. */
export class PendingEnding implements PendingWrite {
  readonly adds = 0
  readonly bytes = 0
  readonly #ending: Ending
  readonly #asker: Asker

  constructor(ending: Ending, asker: Asker) {
    this.#ending = ending
    this.#asker = asker
  }

  isPutOf(): boolean {
    return false
  }

  write(batch: TurnBatch, now: number): void {
    const { handled, write } = this.#ending
    if (handled) batch.handled(handled)
    write?.(batch.rows, now)
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
