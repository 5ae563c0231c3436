import type { AnnouncedPut } from "../../events/index.js"
import type { NewUpdate } from "../new-update.js"
import type { StateConflict, StateWrite } from "../state-store.js"
import type { UpdateReference } from "../update-queue.js"
import type { KnownLanes } from "./known-lanes.js"
import type { LaneName } from "./room.js"
import type { TurnBatch } from "./turn-batch.js"
import { makeWrites } from "./make-writes.js"
import type { HandledUpdate, StoredPlace } from "./update-rows.js"
import type { Rows, UpdateStore } from "./update-store.js"

/**
 * A write that waits for the transaction of its turn of the event loop. The writer calls `write`, then
 * `apply` and `settle` once the transaction is on disk, or `refuse` if the transaction will never be
 * written.
 */
export interface PendingWrite {
  /** The number of updates that the write adds. */
  readonly adds: number
  /** The number of characters of JSON text that the write adds. */
  readonly bytes: number
  /** Returns true if the write puts this update. */
  isPutOf(reference: UpdateReference): boolean
  /**
   * Writes the rows, within the transaction. Called again if the transaction has failed and is tried
   * again.
   */
  write(batch: TurnBatch, now: number): void
  /** Updates the state in memory, once the transaction is on disk. */
  apply(lanes: KnownLanes, store: UpdateStore): void
  /**
   * Settles the caller's promise, after all writes of the transaction have been applied.
   *
   * @param gone the reason why the next start would not find the transaction; absent if it would
   */
  settle(gone?: Error): void
  /** Rejects the caller's promise: the write has not happened and will not happen. */
  refuse(reason: Error): void
}

/** The two functions that settle the promise of a caller. */
interface Deferred<Result = void> {
  readonly resolve: (result: Result) => void
  readonly reject: (reason: Error) => void
}

/** The caller's side of a put. */
export interface DeferredPut extends Deferred {
  /** Called if the update is already known and therefore not stored. */
  readonly known: () => void
  /**
   * The announcement of the put, in which a known update is marked; absent if the channel has no
   * subscriber.
   */
  readonly announced: AnnouncedPut | undefined
  /** Called when the update has entered its lane. */
  readonly entered: (update: NewUpdate) => void
  /** True if the update is parked: stored outside of its lane until an {@link UnparkWrite} moves it. */
  readonly isParked: boolean
}

/** A put that waits for its transaction. */
export class PutWrite implements PendingWrite {
  readonly adds = 1
  readonly bytes: number
  readonly update: NewUpdate
  readonly isParked: boolean
  readonly #deferred: DeferredPut
  /** The sequence of the stored update; `undefined` before the write, and if the update was known. */
  sequence: number | undefined
  /** The time of the write, in milliseconds since 1970. */
  #now = 0

  constructor(update: NewUpdate, deferred: DeferredPut) {
    this.update = update
    this.bytes = update.body.length
    this.isParked = deferred.isParked
    this.#deferred = deferred
  }

  isPutOf({ botId, updateId }: UpdateReference): boolean {
    return this.update.botId === botId && this.update.updateId === updateId
  }

  write(batch: TurnBatch, now: number): void {
    this.#now = now
    if (this.isParked) this.sequence = batch.rows.updates.park(this.update, now)
    else batch.put(this)
  }

  apply(lanes: KnownLanes, store: UpdateStore): void {
    const { sequence, update } = this
    const { botId, lane } = update
    if (sequence === undefined) {
      if (this.#deferred.announced) this.#deferred.announced.isRepeated = true
      this.#deferred.known()
    } else if (!this.isParked) {
      store.cache(sequence, update, this.#now)
      lanes.add({ sequence, botId, lane, dueAt: 0 })
      this.entered()
    }
  }

  /** Records that the update has entered its lane. */
  entered(): void {
    this.#deferred.entered(this.update)
  }

  settle(gone?: Error): void {
    if (gone) this.#deferred.reject(gone)
    else this.#deferred.resolve()
  }

  refuse(reason: Error): void {
    // The transaction has failed, so that this sequence goes to another update.
    this.sequence = undefined
    this.#deferred.reject(reason)
  }
}

/**
 * The move of a parked update into its lane, behind all updates that have been stored before. If the
 * transaction fails, the move is tried again, and the other updates of the lane are delivered
 * meanwhile.
 */
export class UnparkWrite implements PendingWrite {
  readonly adds = 0
  readonly bytes = 0
  readonly #put: PutWrite
  readonly #retryMove: (move: UnparkWrite) => void
  #sequence: number | undefined

  /** @param retryMove called with this write after a failed transaction, to try the move again */
  constructor(put: PutWrite, retryMove: (move: UnparkWrite) => void) {
    this.#put = put
    this.#retryMove = retryMove
  }

  isPutOf(): boolean {
    return false
  }

  write({ rows }: TurnBatch): void {
    const { sequence } = this.#put
    if (sequence !== undefined) this.#sequence = rows.updates.unpark(sequence)
  }

  apply(lanes: KnownLanes): void {
    const { botId, lane } = this.#put.update
    if (this.#sequence === undefined) return
    lanes.add({ sequence: this.#sequence, botId, lane, dueAt: 0 })
    this.#put.entered()
  }

  settle(): void {}

  refuse(): void {
    this.#retryMove(this)
  }
}

/** A change by an operator, such as a replay. */
export class AdminWrite<Result> implements PendingWrite {
  readonly adds = 0
  readonly bytes = 0
  readonly #change: (rows: Rows, now: number) => Result
  readonly #applied: (result: Result) => void
  readonly #deferred: Deferred<Result>
  #result: { readonly value: Result } | undefined

  /**
   * @param change makes the change, within the transaction
   * @param applied called with the result of `change` when the transaction is on disk
   * @param deferred settles the operator's promise
   */
  constructor(
    change: (rows: Rows, now: number) => Result,
    applied: (result: Result) => void,
    deferred: Deferred<Result>,
  ) {
    this.#change = change
    this.#applied = applied
    this.#deferred = deferred
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

  settle(): void {
    if (this.#result) this.#deferred.resolve(this.#result.value)
  }

  refuse(reason: Error): void {
    this.#deferred.reject(reason)
  }
}

/** The effects of the end of a delivery, on disk and in memory. */
export interface EndingEffects {
  /**
   * The update, if it has been handled. `write` is then absent, because one statement removes all
   * handled updates of the transaction.
   */
  readonly handled?: HandledUpdate
  /** The writes of the handler. The end has no effect if one of the writes conflicts. */
  readonly writes?: readonly StateWrite[]
  /** Writes the rows, within the transaction. */
  readonly write?: (rows: Rows, now: number) => void
  /**
   * Updates the lanes in memory, once the transaction is on disk.
   *
   * @param added the places of the own updates that the writes have put
   */
  readonly apply: (lanes: KnownLanes, added: readonly StoredPlace[]) => void
  /** The lane of the update. */
  readonly lane: LaneName
  /** True if the update waits in its lane again afterwards: after `retry` and `handBack`. */
  readonly waitsAgain?: boolean
}

/** The end of a delivery that waits for its transaction. */
export class EndingWrite implements PendingWrite {
  readonly adds = 0
  readonly bytes = 0
  readonly #effects: EndingEffects
  readonly #deferred: Deferred
  #conflict: StateConflict | undefined
  #added: StoredPlace[] = []

  constructor(effects: EndingEffects, deferred: Deferred) {
    this.#effects = effects
    this.#deferred = deferred
  }

  isPutOf(): boolean {
    return false
  }

  write(batch: TurnBatch, now: number): void {
    const { handled, writes, write } = this.#effects
    this.#added = []
    this.#conflict = writes && makeWrites(batch.rows, writes, { now, added: this.#added })
    if (this.#conflict) return
    if (handled) batch.removeHandled(handled)
    write?.(batch.rows, now)
  }

  apply(lanes: KnownLanes): void {
    if (!this.#conflict) this.#effects.apply(lanes, this.#added)
  }

  settle(): void {
    if (this.#conflict) this.#deferred.reject(this.#conflict)
    else this.#deferred.resolve()
  }

  refuse(reason: Error): void {
    this.#deferred.reject(reason)
  }
}
