import type { KeptUpdate } from "../kept-update.js"
import type { NewUpdate } from "../new-update.js"
import type { StorageError } from "../storage-error.js"
import type { UpdateReference } from "../update-queue.js"
import { openQueueFile, type QueueFile } from "./queue-file.js"
import { SetAsideRows } from "./set-aside-rows.js"
import { storageError } from "./sqlite-failure.js"
import { transactionStatements } from "./statements.js"
import { step } from "./steps.js"
import type { StoredLane } from "./stored-lane.js"
import { type CountedUpdate, type StoredPlace, UpdateRows } from "./update-rows.js"

/** What is written in a transaction: the rows of the two kinds. */
export interface Rows {
  readonly updates: UpdateRows
  readonly setAside: SetAsideRows
}

/** The file of a queue, in transactions. Throws a `StorageError` when the store fails. */
export class UpdateStore {
  readonly #path: string
  readonly #file: QueueFile
  readonly #rows: Rows
  readonly #transaction: ReturnType<typeof transactionStatements>
  #isFull = false
  /** Whether the log could not be brought to the disk: trying again would not say what is there. */
  #isDoubtful = false

  private constructor(path: string, file: QueueFile, rememberMs: number) {
    const { database } = file
    this.#path = path
    this.#file = file
    const updates = new UpdateRows(database, path, rememberMs)
    this.#rows = { updates, setAside: new SetAsideRows(database, updates) }
    this.#transaction = transactionStatements(database)
  }

  /**
   * Opens the queue's file.
   *
   * @param rememberMs how long the id of an update is known after it was handled
   */
  static open(path: string, rememberMs: number): UpdateStore {
    const file = openQueueFile(path)
    try {
      return new UpdateStore(path, file, rememberMs)
    } catch (error) {
      file.close()
      throw storageError(path, error)
    }
  }

  /** How many updates wait or are being handled. */
  get stored(): number {
    return this.#rows.updates.totals.stored
  }

  /**
   * Does all of `work` in one transaction, or nothing of it. It survives the end of this process when
   * this returns, and a loss of power when {@link UpdateStore.sync} has resolved.
   */
  write<Result>(work: (rows: Rows) => Result): Result {
    const { updates } = this.#rows
    const { totals } = updates
    try {
      if (this.#isDoubtful) this.#copyLog()
      this.#makeRoom()
      this.#transaction.begin.run()
      step("transaction: begun")
      const result = work(this.#rows)
      if (totals.stored !== updates.totals.stored) updates.writeTotal()
      step("transaction: complete")
      this.#transaction.commit.run()
      step("transaction: committed")
      this.#isFull = false
      return result
    } catch (error) {
      updates.reset(totals)
      throw this.#failed(error)
    }
  }

  /** {@link UpdateStore.write}, and on disk when it returns. */
  writeNow<Result>(work: (rows: Rows) => Result): Result {
    const result = this.write(work)
    try {
      this.#file.syncNow()
    } catch (error) {
      throw this.#doubtful(error)
    }
    return result
  }

  /** Brings to the disk what has been written. Rejects with a `StorageError` where that cannot be done. */
  async sync(): Promise<void> {
    try {
      if (this.#isDoubtful) this.#copyLog()
      else await this.#file.sync()
    } catch (error) {
      throw this.#doubtful(error)
    }
  }

  /** Whether this update is stored, or was and is remembered. */
  knows(reference: UpdateReference, now: number): boolean {
    return this.#guard(() => this.#rows.updates.knows(reference, now))
  }

  /**
   * Counts one more attempt of the first update of each lane, and answers them. Survives the end of
   * this process when it returns, and a loss of power soon after.
   */
  count(lanes: readonly StoredLane[]): CountedUpdate[] {
    try {
      this.#makeRoom()
      this.#transaction.begin.run()
      const counted = this.#rows.updates.count(lanes)
      this.#transaction.commit.run()
      return counted
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** What has just been stored can be taken without being read. */
  keep(sequence: number, { update, body }: NewUpdate, receivedAt: number): void {
    this.#rows.updates.keep(sequence, { update, attempt: 0, receivedAt, characters: body.length })
  }

  /**
   * Reads some updates before they are taken, where what is taken has to be read: while the disk is
   * waited for there is time. What cannot be read is read when it is taken.
   */
  readAhead(): void {
    try {
      this.#rows.updates.readAhead()
    } catch {
      // Who takes it is told.
    }
  }

  /** The highest id of a bot; `undefined` where none is known. */
  highestId(botId: number): number | undefined {
    const id = this.#guard(() => this.#rows.updates.highestOf(botId))
    return id === -Infinity ? undefined : id
  }

  /** The places of a bot after a given one, in their order. */
  placesAfter(botId: number, sequence: number, limit: number): StoredPlace[] {
    return this.#guard(() => this.#rows.updates.placesAfter(botId, sequence, limit))
  }

  /** The bots of which updates are stored. */
  bots(): number[] {
    const next = (botId: number) => this.#guard(() => this.#rows.updates.botAfter(botId))
    const bots: number[] = []
    for (let botId = next(-Infinity); botId !== null; botId = next(botId)) bots.push(botId)
    return bots
  }

  /** What was set aside, oldest first. */
  listSetAside(limit: number): KeptUpdate[] {
    return this.#guard(() => this.#rows.setAside.list(limit))
  }

  /** How many updates were set aside. */
  countSetAside(): number {
    return this.#guard(() => this.#rows.setAside.count())
  }

  /** When the first update of all that are stored was put; `undefined` where none is. */
  oldestPutAt(): number | undefined {
    return this.#guard(() => this.#rows.updates.oldestPutAt())
  }

  /** A number that changes when another process has written to the file. */
  otherWrites(): number {
    return this.#guard(() => this.#rows.setAside.otherWrites())
  }

  /** Does what other processes have asked for; answers the places of what was replayed. */
  answerRequests(now: number): StoredPlace[] {
    const asked = this.#guard(() => this.#rows.setAside.requests())
    return asked.length === 0 ? [] : this.writeNow(({ setAside }) => setAside.answer(asked, now))
  }

  /** Closes the file. */
  close(): void {
    this.#guard(() => this.#file.close())
  }

  #doubtful(error: unknown): StorageError {
    this.#isDoubtful = true
    return storageError(this.#path, error)
  }

  /** What is in the log goes into the database itself, and that to the disk. */
  #copyLog(): void {
    this.#file.copyLog()
    this.#isDoubtful = false
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw storageError(this.#path, error)
    }
  }

  /** Undoes what was begun. */
  #failed(thrown: unknown): StorageError {
    this.#attempt("ROLLBACK")
    const error = storageError(this.#path, thrown)
    this.#isFull = error.code === "storage-full"
    return error
  }

  /** After the disk was full: the log, which may have taken what room there was, is emptied first. */
  #makeRoom(): void {
    if (this.#isFull) this.#attempt("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  #attempt(sql: string): void {
    try {
      this.#file.database.exec(sql)
    } catch {
      // Nothing was begun, or SQLite has rolled back by itself; there is no room for the log.
    }
  }
}
