import { expectLimit, type ListOptions } from "../list-limit.js"
import type { DeadLetter, QueueStatus, WaitingCall } from "../queue-administration.js"
import { toDeadLetter } from "../set-aside-row.js"
import { toWaitingCall } from "../waiting-call-row.js"
import { OutboxRows } from "./outbox-rows.js"
import type { StateEntry, StateKey } from "../state-store.js"
import type { NewUpdate } from "../new-update.js"
import type { StorageError } from "../storage-error.js"
import type { UpdateReference } from "../update-queue.js"
import { BotRows } from "./bot-rows.js"
import { rollBack } from "./roll-back.js"
import { openQueueFile, type QueueFile } from "./queue-file.js"
import { type AdminRequest, SetAsideRows } from "./set-aside-rows.js"
import { toStorageError } from "./sqlite-failure.js"
import { transactionStatements } from "./statements.js"
import { sqliteCrashPoint } from "./crash-points.js"
import { StateRows } from "./state-rows.js"
import type { StoredLane } from "./stored-lane.js"
import type { Taken } from "./taken-rows.js"
import { TimerRows } from "./timer-rows.js"
import { type LaneCount, type PageOfPlaces, type StoredPlace, UpdateRows } from "./update-rows.js"

/** The tables that a transaction writes. */
export interface Rows {
  readonly updates: UpdateRows
  readonly setAside: SetAsideRows
  readonly state: StateRows
  readonly timers: TimerRows
  readonly outbox: OutboxRows
  readonly bots: BotRows
}

/**
 * The file of a queue, read and written in transactions. Every method throws a `StorageError` if the
 * file cannot be used.
 */
export class UpdateStore {
  readonly #path: string
  readonly #file: QueueFile
  readonly #rows: Rows
  readonly #transaction: ReturnType<typeof transactionStatements>
  #wasDiskFull = false
  /**
   * True after a failed sync of the write-ahead log. After such a failure the operating system may
   * report the next sync as successful although data is missing, so that the log has to be copied into
   * the database instead.
   */
  #isSyncUncertain = false

  private constructor(path: string, file: QueueFile, rememberMs: number) {
    const { database } = file
    this.#path = path
    this.#file = file
    const updates = new UpdateRows(database, rememberMs)
    const setAside = new SetAsideRows(database, updates)
    const timers = new TimerRows(database, updates)
    const [state, outbox] = [new StateRows(database), new OutboxRows(database)]
    const bots = new BotRows(database)
    this.#rows = { updates, setAside, state, timers, outbox, bots }
    this.#transaction = transactionStatements(database)
  }

  /**
   * Opens the queue's file.
   *
   * @param rememberMs how long the id of a handled update is remembered, in milliseconds
   */
  static open(path: string, rememberMs: number): UpdateStore {
    const file = openQueueFile(path)
    try {
      return new UpdateStore(path, file, rememberMs)
    } catch (error) {
      file.close()
      throw toStorageError(path, error)
    }
  }

  /** The number of updates that wait or are in workers' hands. */
  get stored(): number {
    return this.#rows.updates.totals.stored
  }

  /** The highest sequence so far. */
  get lastSequence(): number {
    return this.#rows.updates.totals.lastSequence
  }

  /** A time before which no timer is due, in milliseconds since 1970. */
  get nextTimerAt(): number {
    return this.#rows.timers.nextDueAt
  }

  /**
   * Runs `work` in a transaction, which takes effect as a whole or not at all. When this method
   * returns, the writes survive the end of the process; when {@link UpdateStore.sync} has resolved,
   * they survive a loss of power.
   */
  write<Result>(now: number, work: (rows: Rows) => Result): Result {
    const { updates, state, timers } = this.#rows
    const { totals } = updates
    try {
      if (this.#isSyncUncertain) this.#copyLog()
      this.#emptyLogIfFull()
      this.#transaction.begin.run()
      sqliteCrashPoint("transaction: begun")
      const result = work(this.#rows)
      state.finish(now)
      updates.writeOwnId()
      if (totals.stored !== updates.totals.stored) updates.writeTotal()
      sqliteCrashPoint("transaction: complete")
      this.#transaction.commit.run()
      sqliteCrashPoint("transaction: committed")
      this.#wasDiskFull = false
      return result
    } catch (error) {
      updates.reset(totals)
      state.reset()
      timers.reset()
      throw this.#rollBack(error)
    }
  }

  /** Syncs all committed writes to the disk. Rejects with a `StorageError` if the disk fails. */
  async sync(): Promise<void> {
    try {
      if (this.#isSyncUncertain) this.#copyLog()
      else await this.#file.sync()
    } catch (error) {
      throw this.#syncFailed(error)
    }
  }

  /** Returns true if the update is stored, or was handled and is remembered. */
  knows(reference: UpdateReference, now: number): boolean {
    return this.#withStorageError(() => this.#rows.updates.knows(reference, now))
  }

  /**
   * Counts one more attempt of the first update of each lane, and returns these updates. The counts
   * survive the end of the process when this method returns, and a loss of power after the next sync.
   */
  takeFirst(lanes: readonly StoredLane[]): Taken {
    const { updates } = this.#rows
    try {
      this.#emptyLogIfFull()
      this.#transaction.begin.run()
      const taken = updates.taken.takeFirst(lanes)
      if (taken.missing.length > 0) {
        updates.recount()
        updates.writeTotal()
      }
      this.#transaction.commit.run()
      return taken
    } catch (error) {
      throw this.#rollBack(error)
    }
  }

  /** Caches an update that has just been stored, so that its take need not read the row. */
  cache(sequence: number, { update, body }: NewUpdate, receivedAt: number): void {
    const cached = { update, attempt: 0, receivedAt, characters: body.length }
    this.#rows.updates.taken.cache(sequence, cached)
  }

  /**
   * Reads some rows before their updates are taken, if the last takes had to read rows. Called while
   * the disk syncs, because the event loop is then idle. Ignores an error, because the take reads the
   * row again.
   */
  readAhead(): void {
    try {
      this.#rows.updates.taken.readAhead()
    } catch {
      // The take reports the error.
    }
  }

  /** Returns the highest id of a bot, or `undefined` if no id is known. */
  highestId(botId: number): number | undefined {
    const id = this.#withStorageError(() => this.#rows.updates.highestOf(botId))
    return id === -Infinity ? undefined : id
  }

  /** Returns a page of a bot's stored updates, in the order of their sequences. */
  placesAfter(botId: number, page: PageOfPlaces): StoredPlace[] {
    return this.#withStorageError(() => this.#rows.updates.placesAfter(botId, page))
  }

  /** Returns the number of updates of each lane. Reads the whole table. */
  laneCounts(): LaneCount[] {
    return this.#withStorageError(() => this.#rows.updates.laneCounts())
  }

  /** Returns the bots with stored updates. */
  bots(): number[] {
    const next = (botId: number) => this.#withStorageError(() => this.#rows.updates.botAfter(botId))
    const bots: number[] = []
    for (let botId = next(-Infinity); botId !== null; botId = next(botId)) bots.push(botId)
    return bots
  }

  /** Returns the updates that were set aside, oldest first. Throws a `TypeError` for a wrong limit. */
  listSetAside(options: ListOptions): DeadLetter[] {
    const limit = expectLimit(options, "setAside({ limit })")
    return this.#withStorageError(() => this.#rows.setAside.list(limit).map(toDeadLetter))
  }

  /** Returns the promised calls, oldest first. Throws a `TypeError` for a wrong limit. */
  listOutbox(options: ListOptions): WaitingCall[] {
    const limit = expectLimit(options, "outbox({ limit })")
    return this.#withStorageError(() => this.#rows.outbox.list(limit).map(toWaitingCall))
  }

  /** Returns the parts of the status that are read from the file. */
  counts(): Omit<QueueStatus, "waiting" | "running"> {
    const { updates, setAside, timers, outbox, state } = this.#rows
    return this.#withStorageError(() => {
      const oldestPutAt = updates.oldestPutAt()
      return {
        setAside: setAside.count(),
        timers: timers.count(),
        outbox: outbox.count(),
        values: state.count(),
        ...(oldestPutAt !== undefined && { oldestPutAt: new Date(oldestPutAt) }),
      }
    })
  }

  /** Returns the number of updates of each bot, in the order of the ids. */
  depths(botIds: readonly number[]): number[] {
    return this.#withStorageError(() => botIds.map((botId) => this.#rows.bots.depth(botId)))
  }

  /** Returns the entry of each key of the state, in the order of the keys. */
  readState(keys: readonly StateKey[], now: number): (StateEntry | undefined)[] {
    return this.#withStorageError(() => this.#rows.state.read(keys, now))
  }

  /** Returns a number that changes when another process writes to the file. */
  dataVersion(): number {
    return this.#withStorageError(() => this.#rows.setAside.dataVersion())
  }

  /** Returns the open requests of other processes, oldest first. */
  requests(): readonly AdminRequest[] {
    return this.#withStorageError(() => this.#rows.setAside.requests())
  }

  /**
   * Completes the unfinished work of an earlier process: moves parked updates into their lanes, and carries
   * out the requests of other processes.
   */
  recoverAfterStart(now: number): void {
    const requests = this.requests()
    this.write(now, ({ updates, setAside }) => {
      updates.unparkAll()
      setAside.carryOut(requests, now)
    })
  }

  /**
   * Returns an error if the next start would not find the writes of this process, because the file was
   * deleted, moved, replaced or cut.
   */
  goneError(): StorageError | undefined {
    return this.#file.goneError()
  }

  /** Closes the file. */
  close(): void {
    this.#withStorageError(() => this.#file.close())
  }

  #syncFailed(error: unknown): StorageError {
    this.#isSyncUncertain = true
    return toStorageError(this.#path, error)
  }

  /** Copies the log into the database file, synced. */
  #copyLog(): void {
    this.#file.copyLog()
    this.#isSyncUncertain = false
  }

  #withStorageError<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw toStorageError(this.#path, error)
    }
  }

  /** Rolls the transaction back, and returns the error as a `StorageError`. */
  #rollBack(thrown: unknown): StorageError {
    rollBack(this.#file.database)
    const error = toStorageError(this.#path, thrown)
    this.#wasDiskFull = error.code === "storage-full"
    return error
  }

  /**
   * Empties the log after the disk was full: the log may occupy the space that the next write needs.
   */
  #emptyLogIfFull(): void {
    if (!this.#wasDiskFull) return
    try {
      this.#file.database.exec("PRAGMA wal_checkpoint(TRUNCATE)")
    } catch {
      // There is no space for the log.
    }
  }
}
