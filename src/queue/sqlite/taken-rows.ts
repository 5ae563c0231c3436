import type { Update } from "@grammyjs/types"
import { type CachedUpdate, CachedUpdates } from "./cached-updates.js"
import { ReadAhead, type ReadUpdate } from "./read-ahead.js"
import type { UpdateStatements } from "./statements.js"
import { sqliteCrashPoint } from "./crash-points.js"
import type { StoredLane } from "./stored-lane.js"
import { parseStoredUpdate } from "./stored-text.js"

/** The first update of a lane, for a delivery. */
export interface TakenUpdate {
  readonly lane: StoredLane
  readonly update: Update
  /** The number of attempts, including this one. */
  readonly attempt: number
  /** The time of the put, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The reason why the stored text cannot be parsed. `update` then has only its id. */
  readonly damage?: Error
}

/** The result of taking the first updates of some lanes. */
export interface Taken {
  readonly updates: readonly TakenUpdate[]
  /** The lanes whose first update is missing from the file. */
  readonly missing: readonly StoredLane[]
}

/**
 * The takes from the table `updates`: counts one more attempt of each taken update, and
 * reads the row of an update that is not cached. The caller begins and commits the transaction.
 */
export class TakenRows {
  readonly #statements: UpdateStatements
  readonly #cached = new CachedUpdates()
  readonly #ahead: ReadAhead

  constructor(statements: UpdateStatements) {
    this.#statements = statements
    this.#ahead = new ReadAhead(statements.single.ahead, (sequence) => this.#cached.has(sequence))
  }

  /** Caches an update that has just been stored, so that its take need not read the row. */
  cache(sequence: number, update: CachedUpdate): void {
    this.#cached.add(sequence, update)
  }

  /** Reads rows of updates that are not cached, before the updates are taken. */
  readAhead(): void {
    this.#ahead.read()
  }

  /** Counts one more attempt of the first update of each lane, and returns these updates. */
  takeFirst(lanes: readonly StoredLane[]): Taken {
    const taken = lanes.map((lane) => ({ lane, cached: this.#removeCached(lane.head) }))
    const counted = this.#countCached(headsOf(taken.filter((one) => one.cached)))
    const read = this.#countAndRead(headsOf(taken.filter((one) => !one.cached)))
    const updates: TakenUpdate[] = []
    const missing: StoredLane[] = []
    for (const { lane, cached } of taken) {
      const row = read.get(lane.head)
      if (row) updates.push(fromRow(lane, row))
      else if (cached && counted.has(lane.head)) updates.push(fromCache(lane, cached))
      else missing.push(lane)
    }
    return { updates, missing }
  }

  /** Subtracts the attempt of an update that is handed back. */
  uncountAttempt(sequence: number): void {
    this.#statements.single.uncount.run(sequence)
    // The update may have been read ahead while a worker had it. The number of attempts in that copy
    // is now wrong.
    this.#ahead.take(sequence)
    sqliteCrashPoint("handBack: attempt uncounted")
  }

  #removeCached(sequence: number): CachedUpdate | undefined {
    // An update can be in both caches, if its row was read ahead before the update was cached.
    const ahead = this.#ahead.take(sequence)
    return this.#cached.take(sequence) ?? ahead
  }

  /**
   * Counts an attempt of each cached update. Returns the sequences of the updates that the file still
   * has.
   */
  #countCached(sequences: readonly number[]): ReadonlySet<number> {
    const { attempts, existing } = this.#statements.many
    if (attempts.run(sequences, valuesOf) === sequences.length) return new Set(sequences)
    // The statement selects this column.
    const found = existing.all(sequences, valuesOf) as { sequence: number }[]
    return new Set(found.map(({ sequence }) => sequence))
  }

  /** Counts an attempt of the updates that are not cached, and reads their rows. */
  #countAndRead(sequences: readonly number[]): ReadonlyMap<number, ReadUpdate> {
    // The statement returns these columns.
    const found = this.#statements.many.read.all(sequences, valuesOf) as ReadUpdate[]
    this.#ahead.miss(sequences)
    return new Map(found.map((row) => [row.sequence, row]))
  }
}

function headsOf(taken: readonly { readonly lane: StoredLane }[]): number[] {
  return taken.map(({ lane }) => lane.head)
}

function valuesOf(sequences: readonly number[]): number[] {
  return [...sequences]
}

function fromCache(lane: StoredLane, { update, attempt, receivedAt }: CachedUpdate): TakenUpdate {
  return { lane, update, attempt: attempt + 1, receivedAt }
}

function fromRow(lane: StoredLane, row: ReadUpdate): TakenUpdate {
  const { updateId, attempt, receivedAt, body } = row
  try {
    return { lane, update: parseStoredUpdate(body, updateId), attempt, receivedAt }
  } catch (error) {
    // `parseStoredUpdate` throws only instances of `Error`.
    const damage = error as Error
    return { lane, update: { update_id: updateId }, attempt, receivedAt, damage }
  }
}
