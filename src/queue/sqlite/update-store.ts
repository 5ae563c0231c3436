import type { Update } from "@grammyjs/types"
import type { KeptUpdate } from "../kept-update.js"
import type { NewUpdate } from "../new-update.js"
import { StorageError } from "../storage-error.js"
import type { UpdateReference } from "../update-queue.js"
import { openQueueFile, type QueueFile } from "./queue-file.js"
import { rows, type SqliteDatabase } from "./sqlite-driver.js"
import { type Statements, statementsOf } from "./statements.js"
import type { StoredLane } from "./stored-lane.js"
import { step } from "./steps.js"
import { storageError } from "./sqlite-failure.js"

/** Where a stored update waits. */
export type StoredPlace = {
  readonly sequence: number
  readonly botId: number
  readonly lane: string
  /** When it may be taken, in milliseconds since 1970; 0 for at once. */
  readonly dueAt: number
}

/** The first update of a lane, which is being taken. */
export interface CountedUpdate {
  readonly lane: StoredLane
  readonly update: Update
  /** How often it has been taken, this time included. */
  readonly attempt: number
  /** When it was put, in milliseconds since 1970. */
  readonly receivedAt: number
}

/** What another process has asked for. */
type Request = {
  readonly number: number
  readonly what: string
  readonly botId: number
  readonly updateId: number
}

/** How many remembered ids are looked at, each time some have been added, for those that are old. */
const pruneStep = 1_024

/** Outside of {@link UpdateStore.write} nothing has to be on disk at once: it survives kill -9 so. */
const countedLightly = "PRAGMA synchronous = NORMAL"

/**
 * The rows of a queue's file. Throws a `StorageError` when the store fails. `put`, `move`, `uncount`, `retry`,
 * `done`, `setAside`, `drop` and `prune` are called within {@link UpdateStore.write}.
 */
export class UpdateStore {
  readonly #path: string
  readonly #file: QueueFile
  readonly #database: SqliteDatabase
  readonly #rememberMs: number
  readonly #statements: Statements
  #lastSequence: number
  #stored: number
  #addedSincePrune = 0
  #isFull = false
  #pruned: UpdateReference = { botId: -1, updateId: 0 }

  private constructor(path: string, file: QueueFile, rememberMs: number) {
    this.#path = path
    this.#file = file
    this.#database = file.database
    this.#rememberMs = rememberMs
    this.#statements = statementsOf(file.database)
    const [found] = rows<{ stored: number; last: number | null }>(this.#statements.totals)
    this.#stored = found?.stored ?? 0
    this.#lastSequence = found?.last ?? 0
    this.#database.exec(countedLightly)
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
    return this.#stored
  }

  /** Does all of `work` in one transaction that is on disk when this returns, or nothing of it. */
  write<Result>(work: () => Result): Result {
    const [stored, last] = [this.#stored, this.#lastSequence]
    try {
      this.#makeRoom()
      this.#database.exec("PRAGMA synchronous = FULL; BEGIN IMMEDIATE")
      step("transaction: begun")
      const result = work()
      if (stored !== this.#stored) this.#statements.total.run(this.#stored)
      step("transaction: complete")
      this.#database.exec("COMMIT")
      step("transaction: committed")
      this.#isFull = false
      return result
    } catch (error) {
      this.#stored = stored
      this.#lastSequence = last
      throw this.#failed(error)
    } finally {
      this.#database.exec(countedLightly)
    }
  }

  /** Stores an update and answers its place; `undefined` where its id is known. */
  put(update: NewUpdate, now: number): number | undefined {
    const { claim } = this.#statements
    const { changes } = claim.run(update.botId, update.updateId, now - this.#rememberMs)
    if (Number(changes) === 0) return undefined
    step("put: id recorded")
    this.#addedSincePrune += 1
    return this.#append(update, now)
  }

  /** Whether this update is stored, or was and is remembered. */
  knows({ botId, updateId }: UpdateReference, now: number): boolean {
    return this.#guard(
      () => this.#statements.known.all(botId, updateId, now - this.#rememberMs).length > 0,
    )
  }

  /**
   * Counts one more attempt of the first update of each lane, and answers them. Survives the end of
   * this process when it returns, and a loss of power soon after.
   */
  count(lanes: readonly StoredLane[]): CountedUpdate[] {
    try {
      this.#makeRoom()
      if (lanes.length > 1) this.#database.exec("BEGIN IMMEDIATE")
      const counted = lanes.map((lane) => this.#countFirst(lane))
      if (lanes.length > 1) this.#database.exec("COMMIT")
      return counted
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Moves an update behind all others; answers its place. */
  move(sequence: number): number {
    const moved = this.#lastSequence + 1
    this.#statements.move.run(moved, sequence)
    this.#lastSequence = moved
    step("turn: update moved")
    return moved
  }

  /** Takes back what {@link count} counted. */
  uncount(sequence: number): void {
    this.#statements.uncount.run(sequence)
    step("handBack: attempt uncounted")
  }

  /** An update is to be taken again, not before `dueAt`. */
  retry(sequence: number, dueAt: number): void {
    this.#statements.delay.run(dueAt, sequence)
    step("retry: delay stored")
  }

  /** An update has been handled. */
  done(sequence: number, { botId, updateId }: UpdateReference, now: number): void {
    this.#remove(sequence)
    step("done: update removed")
    this.#statements.handled.run(now, botId, updateId)
    step("done: id kept")
  }

  /** An update leaves its lane and is kept with its error. */
  setAside(sequence: number, reference: UpdateReference, error: string, now: number): void {
    this.#statements.keep.run(now, error, sequence)
    step("setAside: error kept")
    this.#remove(sequence)
    step("setAside: update removed")
    this.#statements.handled.run(now, reference.botId, reference.updateId)
    step("setAside: id kept")
  }

  /** The places of a bot after a given one, in their order. */
  placesAfter(botId: number, sequence: number, limit: number): StoredPlace[] {
    return this.#guard(() => rows<StoredPlace>(this.#statements.places, botId, sequence, limit))
  }

  /** The bots of which updates are stored. */
  bots(): number[] {
    const bots: number[] = []
    for (let botId = this.#botAfter(-Infinity); botId !== null; botId = this.#botAfter(botId)) {
      bots.push(botId)
    }
    return bots
  }

  /** What was set aside, oldest first. */
  listSetAside(limit: number): KeptUpdate[] {
    return this.#guard(() => rows<KeptUpdate>(this.#statements.kept, limit))
  }

  /** How many updates were set aside. */
  countSetAside(): number {
    return this.#guard(() => rows<{ count: number }>(this.#statements.keptCount)[0]?.count ?? 0)
  }

  /** When the first update of all that are stored was put; `undefined` where none is. */
  oldestPutAt(): number | undefined {
    return this.#guard(() => rows<{ putAt: number }>(this.#statements.oldest)[0]?.putAt)
  }

  /** Removes what was set aside and answers it. */
  drop({ botId, updateId }: UpdateReference): KeptUpdate | undefined {
    return rows<KeptUpdate>(this.#statements.drop, botId, updateId)[0]
  }

  /** Puts what was set aside behind all others, as if it had never been taken. */
  replay(reference: UpdateReference, now: number): StoredPlace | undefined {
    const kept = this.drop(reference)
    if (!kept) return undefined
    this.#statements.reclaim.run(kept.botId, kept.updateId)
    const { botId, lane } = kept
    return { sequence: this.#append(kept, now), botId, lane, dueAt: 0 }
  }

  /** A number that changes when another process has written to the file. */
  otherWrites(): number {
    const { dataVersion } = this.#statements
    return this.#guard(() => rows<{ data_version: number }>(dataVersion)[0]?.data_version ?? 0)
  }

  /** Does what other processes have asked for; answers the places of what was replayed. */
  answerRequests(now: number): StoredPlace[] {
    const asked = this.#guard(() => rows<Request>(this.#statements.requests))
    const last = asked.at(-1)
    if (!last) return []
    return this.write(() => {
      const places = asked.map((one) =>
        one.what === "replay" ? this.replay(one, now) : this.drop(one),
      )
      this.#statements.answered.run(last.number)
      return places.filter((place): place is StoredPlace => place !== undefined && "dueAt" in place)
    })
  }

  /** Forgets the ids of some that were handled long ago, when about as many others were added. */
  prune(now: number): void {
    if (this.#addedSincePrune < pruneStep / 4) return
    this.#addedSincePrune = 0
    const { botId, updateId } = this.#pruned
    const [end] = rows<{ botId: number; updateId: number }>(
      this.#statements.pruneEnd,
      botId,
      updateId,
      pruneStep,
    )
    const to = end ?? { botId: Number.MAX_SAFE_INTEGER, updateId: 0 }
    const before = now - this.#rememberMs
    this.#statements.prune.run(botId, updateId, to.botId, to.updateId, before)
    this.#pruned = end ?? { botId: -1, updateId: 0 }
  }

  /** Closes the file. */
  close(): void {
    this.#guard(() => this.#file.close())
  }

  #countFirst(lane: StoredLane): CountedUpdate {
    const { attempt: count } = this.#statements
    type Row = { attempt: number; receivedAt: number; body: string }
    const [counted] = rows<Row>(count, lane.head)
    if (counted) {
      const { attempt, receivedAt, body } = counted
      // What was put, as JSON.
      return { lane, attempt, receivedAt, update: JSON.parse(body) as Update }
    }
    throw new StorageError(
      "storage-corrupted",
      `An update is gone from ${this.#path}. Let nothing else write to it, and start again`,
    )
  }

  #botAfter(botId: number): number | null {
    const { nextBot } = this.#statements
    return this.#guard(() => rows<{ botId: number | null }>(nextBot, botId)[0]?.botId ?? null)
  }

  #append({ botId, updateId, lane, body }: NewUpdate, now: number): number {
    const sequence = this.#lastSequence + 1
    this.#statements.add.run(sequence, botId, updateId, lane, now, body)
    this.#lastSequence = sequence
    this.#stored += 1
    step("put: update stored")
    return sequence
  }

  #remove(sequence: number): void {
    const { changes } = this.#statements.remove.run(sequence)
    this.#stored -= Number(changes)
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
      this.#database.exec(sql)
    } catch {
      // Nothing was begun, or SQLite has rolled back by itself; there is no room for the log.
    }
  }
}
