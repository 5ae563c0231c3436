import type { SetAsideRow } from "../set-aside-row.js"
import type { NewUpdate } from "../new-update.js"
import type { StorageError } from "../storage-error.js"
import type { UpdateReference } from "../update-queue.js"
import { openQueueFile, type QueueFile } from "./queue-file.js"
import { type Request, SetAsideRows } from "./set-aside-rows.js"
import { storageError } from "./sqlite-failure.js"
import { transactionStatements } from "./statements.js"
import { step } from "./steps.js"
import type { StoredLane } from "./stored-lane.js"
import type { Taken } from "./taken-rows.js"
import { type LaneCount, type PageOfPlaces, type StoredPlace, UpdateRows } from "./update-rows.js"

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
    const updates = new UpdateRows(database, rememberMs)
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

  /** The last place of all that were ever stored and not moved from. */
  get lastSequence(): number {
    return this.#rows.updates.totals.lastSequence
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
  count(lanes: readonly StoredLane[]): Taken {
    const { updates } = this.#rows
    try {
      this.#makeRoom()
      this.#transaction.begin.run()
      const taken = updates.taken.count(lanes)
      if (taken.gone.length > 0) {
        updates.recount()
        updates.writeTotal()
      }
      this.#transaction.commit.run()
      return taken
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** What has just been stored can be taken without being read. */
  keep(sequence: number, { update, body }: NewUpdate, receivedAt: number): void {
    const fresh = { update, attempt: 0, receivedAt, characters: body.length }
    this.#rows.updates.taken.keep(sequence, fresh)
  }

  /**
   * Reads some updates before they are taken, where what is taken has to be read: while the disk is
   * waited for there is time. What cannot be read is read when it is taken.
   */
  readAhead(): void {
    try {
      this.#rows.updates.taken.readAhead()
    } catch {
      // Who takes it is told.
    }
  }

  /** The highest id of a bot; `undefined` where none is known. */
  highestId(botId: number): number | undefined {
    const id = this.#guard(() => this.#rows.updates.highestOf(botId))
    return id === -Infinity ? undefined : id
  }

  /** The places of a bot on a page, in their order. */
  placesAfter(botId: number, page: PageOfPlaces): StoredPlace[] {
    return this.#guard(() => this.#rows.updates.placesAfter(botId, page))
  }

  /** How many updates there are of each lane; reads all. */
  laneCounts(): LaneCount[] {
    return this.#guard(() => this.#rows.updates.laneCounts())
  }

  /** The bots of which updates are stored. */
  bots(): number[] {
    const next = (botId: number) => this.#guard(() => this.#rows.updates.botAfter(botId))
    const bots: number[] = []
    for (let botId = next(-Infinity); botId !== null; botId = next(botId)) bots.push(botId)
    return bots
  }

  /** What was set aside, oldest first. */
  listSetAside(limit: number): SetAsideRow[] {
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

  /** What other processes have asked for and has not been done, oldest first. */
  requests(): readonly Request[] {
    return this.#guard(() => this.#rows.setAside.requests())
  }

  /** What a start finds left to do: what came early has its turn, and other processes have asked. */
  finishOthers(now: number): void {
    const asked = this.requests()
    this.write(({ updates, setAside }) => {
      updates.moveEarly()
      setAside.answer(asked, now)
    })
  }

  /** Why what is written now would not be found by the next start; `undefined` where it would. */
  whyGone(): StorageError | undefined {
    return this.#file.whyGone()
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
