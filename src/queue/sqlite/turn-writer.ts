import { errorSentence } from "../../ground/error-text.js"
import type { Logger } from "../../ground/logger.js"
import type { KnownLanes } from "./known-lanes.js"
import type { UpdateReference } from "../update-queue.js"
import { AdminWrite, UnparkWrite, type PutWrite, type PendingWrite } from "./pending-write.js"
import { sqliteCrashPoint } from "./crash-points.js"
import { TurnBatch } from "./turn-batch.js"
import type { Rows, UpdateStore } from "./update-store.js"

/** The smallest row that tests the disk, in bytes. */
const smallestTrial = 8_192

/** The delay between a failed transaction and the next try to write the endings, in milliseconds. */
const retryMs = 250

/** The options of a {@link TurnWriter}. */
export interface TurnWriterOptions {
  readonly store: UpdateStore
  readonly lanes: KnownLanes
  readonly logger: Logger
  /**
   * Called when a transaction is on disk or has failed, and at the end of a turn with nothing to write.
   */
  readonly turnEnded: () => void
}

/** A committed transaction that is not yet synced to the disk. */
interface Committed {
  readonly writes: readonly PendingWrite[]
  readonly puts: number
  /**
   * The number of updates that the transaction has added to the store: puts of new updates minus
   * removed updates.
   */
  readonly added: number
  /** The highest sequence after the transaction. */
  readonly lastSequence: number
}

/**
 * A writer that collects all writes of one turn of the event loop, and writes them in one transaction at the
 * end of the turn. While a transaction syncs, puts wait for the next one. Endings do not wait, because a
 * handled update whose end is not committed would be handled again if the process were killed.
 *
 * If a transaction fails, its puts are refused, because Telegram still has their updates. The endings of
 * deliveries, which exist nowhere else, stay and are tried again until they are written.
 *
 * After a failed sync, it is unknown which committed writes are on the disk. Their promises stay pending, and
 * the sync is tried again.
 */
export class TurnWriter {
  readonly #options: TurnWriterOptions
  /** The writes that are refused if the transaction fails, in the order of the calls. */
  #puts: PendingWrite[] = []
  #putCount = 0
  /** The writes that are tried again until they are written. */
  #endings: PendingWrite[] = []
  /** The transactions that are not yet synced, oldest first. */
  readonly #committed: Committed[] = []
  /** Resolves when the last sync has ended. */
  #synced: Promise<void> | undefined
  #turn: ReturnType<typeof setImmediate> | undefined
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  /** The reason why the last transaction failed, or why the next start would not find it. */
  #failure: Error | undefined
  /** The number of bytes of the last refused puts. */
  #refusedBytes = 0
  /** The test write of {@link probe} that is under way. */
  #trial: Promise<void> | undefined

  constructor(options: TurnWriterOptions) {
    this.#options = options
  }

  /**
   * The number of updates that are stored or wait to be written. Updates that are removed in a
   * transaction count until the transaction is synced.
   */
  get stored(): number {
    const removedUnsynced = this.#committed.reduce((sum, { puts, added }) => sum + puts - added, 0)
    return this.#options.store.stored + removedUnsynced + this.#putCount
  }

  /**
   * Returns true if the update is among the puts that wait for the next transaction. Searches all of
   * these puts, and is therefore called only if the queue is full.
   */
  hasPut(reference: UpdateReference): boolean {
    return this.#puts.some((put) => put.isPutOf(reference))
  }

  /** Adds a write to this turn's transaction. The write is refused if the transaction fails. */
  put(write: PendingWrite): void {
    this.#puts.push(write)
    this.#putCount += write.adds
    this.schedule()
  }

  /**
   * Moves a parked update to the end of its lane with this turn's transaction, behind the updates that
   * were put so far.
   */
  unpark(put: PutWrite): void {
    sqliteCrashPoint("unpark: asked")
    this.put(new UnparkWrite(put, (unpark) => this.#endings.push(unpark)))
  }

  /**
   * Makes a change of an operator with this turn's transaction. Rejects if the transaction fails.
   *
   * @param change makes the change, within the transaction
   * @param applied called with the result of `change` when the transaction is on disk
   */
  change<Result>(
    change: (rows: Rows, now: number) => Result,
    applied: (result: Result) => void = () => {},
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.put(new AdminWrite(change, applied, { resolve, reject }))
    })
  }

  /** Adds an ending to this turn's transaction. If the transaction fails, the ending is tried again. */
  end(write: PendingWrite): void {
    this.#endings.push(write)
    // After a failure all endings wait for the next attempt.
    if (this.#retryTimer === undefined) this.schedule()
  }

  /**
   * Checks that updates can be stored. Resolves if the last transaction succeeded; otherwise writes a
   * row of the size of the refused puts, and rejects if that fails.
   */
  async probe(): Promise<void> {
    const gone = this.checkFile()
    if (gone) throw gone
    if (!this.#failure) return
    const bytes = Math.max(smallestTrial, this.#refusedBytes)
    this.#trial ??= this.change(({ updates }) => updates.writeTrial(bytes)).finally(() => {
      this.#trial = undefined
    })
    await this.#trial
  }

  /** Checks that the queue's files are in their places. Otherwise logs and returns the reason. */
  checkFile(): Error | undefined {
    const gone = this.#options.store.goneError()
    if (gone) this.#noteFailure(gone)
    return gone
  }

  /** Schedules `turnEnded` and the transaction of this turn, even if there is nothing to write. */
  schedule(): void {
    this.#turn ??= setImmediate(() => this.#flush())
  }

  /** Writes the pending writes, then closes. A write that fails is refused with `reason`. */
  async close(reason: Error): Promise<void> {
    await this.#syncsEnded()
    this.#flush()
    await this.#syncsEnded()
    clearTimeout(this.#retryTimer)
    const committed = this.#committed.flatMap(({ writes }) => writes)
    const unwritten = [...committed, ...this.#endings, ...this.#puts]
    this.#endings = []
    this.#puts = []
    for (const one of unwritten) one.refuse(reason)
  }

  /**
   * Waits until no sync is under way. Each sync may be followed by the sync of transactions that were
   * committed meanwhile.
   */
  async #syncsEnded(): Promise<void> {
    let last: Promise<void> | undefined
    while (last !== this.#synced) {
      last = this.#synced
      await last
    }
  }

  #flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    // Puts wait until the running sync ends. After a failure endings wait, too.
    const isBusy = this.#committed.length > 0
    if (isBusy && (this.#failure || this.#endings.length === 0)) return
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    if (this.#puts.length + this.#endings.length > 0) this.#write()
    if (this.#committed.length === 0) this.#options.turnEnded()
  }

  #write(): void {
    const { store } = this.#options
    const gone = this.#puts.length > 0 ? this.checkFile() : undefined
    if (gone) this.#refusePuts(gone)
    const [puts, endings] = [this.#puts, this.#endings]
    if (puts.length + endings.length === 0) return
    const before = store.stored
    try {
      const now = Date.now()
      store.write(now, (rows) => writeAll([...endings, ...puts], rows, now))
    } catch (error) {
      // `UpdateStore.write` throws only `StorageError`s.
      return this.#onWriteFailed(error as Error)
    }
    const { stored, lastSequence } = store
    const writes = [...endings, ...puts]
    this.#committed.push({ writes, puts: this.#putCount, added: stored - before, lastSequence })
    this.#puts = []
    this.#putCount = 0
    this.#endings = []
    if (this.#committed.length === 1) this.#sync()
    store.readAhead()
  }

  /**
   * Syncs the committed transactions. If the sync fails, their writes are neither settled nor refused;
   * the sync is tried again.
   */
  #sync(): void {
    const count = this.#committed.length
    this.#synced = this.#options.store.sync().then(
      () => this.#onSynced(count),
      (error: Error) => {
        this.#refusePuts(error)
        this.#retryTimer = setTimeout(() => this.#sync(), retryMs)
      },
    )
  }

  #onWriteFailed(reason: Error): void {
    this.#refusePuts(reason)
    if (this.#endings.length > 0) this.#retryTimer = setTimeout(() => this.#flush(), retryMs)
  }

  #refusePuts(reason: Error): void {
    const puts = this.#puts
    this.#puts = []
    this.#putCount = 0
    for (const put of puts) put.refuse(reason)
    this.#refusedBytes = puts.reduce((sum, { bytes }) => sum + bytes, 0) || this.#refusedBytes
    this.#noteFailure(reason)
  }

  #noteFailure(reason: Error): void {
    if (!this.#failure) this.#options.logger.error(`${errorSentence(reason)} Trying again`)
    this.#failure = reason
  }

  /**
   * Applies and settles the writes of synced transactions.
   *
   * @param count the number of synced transactions, from the oldest on
   */
  #onSynced(count: number): void {
    const { lanes, store, turnEnded } = this.#options
    sqliteCrashPoint("transaction: synced")
    const committed = this.#committed.splice(0, count)
    const writes = committed.flatMap((one) => one.writes)
    this.#retryTimer = undefined
    lanes.onApplied(committed.at(-1)?.lastSequence ?? 0)
    for (const one of writes) one.apply(lanes, store)
    const gone = this.checkFile()
    for (const one of writes) one.settle(gone)
    sqliteCrashPoint("transaction: answered")
    if (!gone) this.#noteRecovery()
    if (this.#committed.length > 0) this.#sync()
    if (this.#puts.length + this.#endings.length > 0) this.schedule()
    turnEnded()
  }

  #noteRecovery(): void {
    if (this.#failure) this.#options.logger.info("The queue file can be used again")
    this.#failure = undefined
  }
}

function writeAll(writes: readonly PendingWrite[], rows: Rows, now: number): void {
  const batch = new TurnBatch(rows, now)
  for (const one of writes) one.write(batch, now)
  batch.end()
}
