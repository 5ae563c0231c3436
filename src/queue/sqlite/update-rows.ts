import type { OwnContent, OwnUpdate } from "../../telegram/own-update.js"
import type { NewUpdate } from "../new-update.js"
import type { UpdateReference } from "../update-queue.js"
import { rows, type SqlAnswer, type SqliteDatabase, type SqlValue } from "./sqlite-driver.js"
import { type UpdateStatements, updateStatements } from "./statements.js"
import { sqliteCrashPoint } from "./crash-points.js"
import { columnText } from "./stored-text.js"
import { TakenRows } from "./taken-rows.js"

/** The position of a stored update: its sequence and its lane. */
export type StoredPlace = {
  readonly sequence: number
  readonly botId: number
  readonly lane: string
  /** The earliest time of the next attempt, in milliseconds since 1970; 0 for at once. */
  readonly dueAt: number
}

/** A {@link StoredPlace} as SQLite returns it. */
type PlaceRow = Omit<StoredPlace, "lane"> & { readonly lane: SqlAnswer }

/** The number of updates of a lane. */
export interface LaneCount {
  readonly botId: number
  readonly lane: string
  readonly count: number
}

/** A {@link LaneCount} as SQLite returns it. */
type LaneCountRow = Readonly<Record<"botId" | "count", number>> & { readonly lane: SqlAnswer }

/** A page of a bot's updates, by their sequences. */
export interface PageOfPlaces {
  /** The sequence before the first one to read. */
  readonly after: number
  /** The last sequence to read. */
  readonly to: number
  /** The maximum number of rows to read. */
  readonly limit: number
}

/** An update that has been handled and is still stored. */
export interface HandledUpdate extends UpdateReference {
  readonly sequence: number
}

/** The state of {@link UpdateRows} in memory, to be restored when a transaction fails. */
export interface Totals {
  readonly stored: number
  readonly lastSequence: number
  /** The lowest sequence of a parked update. The sequences of parked updates descend from -1. */
  readonly lastParked: number
}

/** The number of remembered ids that each pruning checks for their age. */
const prunePage = 1_024

/**
 * The tables `updates` and `ids`: the updates that wait or are in workers' hands, and the ids of all
 * updates that were put. The caller begins and commits the transaction.
 *
 * A put whose id is above all ids of its bot is certainly new, so that its id is written without a
 * search. As Telegram's ids ascend, nearly every put is of this kind.
 */
export class UpdateRows {
  /** Takes updates, and counts their attempts. */
  readonly taken: TakenRows
  readonly #rememberMs: number
  readonly #statements: UpdateStatements["single"]
  readonly #many: UpdateStatements["many"]
  /**
   * The highest id of each bot in the file, or a higher number after a failed transaction. An id above
   * this number is new.
   */
  readonly #highest = new Map<number, number>()
  #stored: number
  #lastSequence: number
  #lastParked: number
  /** The id of the last own update, or a lower number after a failed transaction. */
  #lastOwnId: number
  #storedOwnId: number
  #addedSincePrune = 0
  /** The last id that {@link prune} has checked; at first a value before all ids. */
  #pruned: UpdateReference = { botId: -1, updateId: 0 }

  /** @param rememberMs how long the id of a handled update is remembered, in milliseconds */
  constructor(database: SqliteDatabase, rememberMs: number) {
    this.#rememberMs = rememberMs
    const statements = updateStatements(database)
    this.#statements = statements.single
    this.#many = statements.many
    this.taken = new TakenRows(statements)
    const [found] = rows<Record<"stored" | "ownId" | "last" | "first", number | null>>(
      this.#statements.totals,
    )
    this.#stored = found?.stored ?? 0
    this.#lastSequence = Math.max(0, found?.last ?? 0)
    this.#lastParked = Math.min(0, found?.first ?? 0)
    this.#lastOwnId = this.#storedOwnId = found?.ownId ?? 0
  }

  /** The number of updates, and the sequences that were assigned last. */
  get totals(): Totals {
    const [stored, lastSequence, lastParked] = [this.#stored, this.#lastSequence, this.#lastParked]
    return { stored, lastSequence, lastParked }
  }

  /** Restores the state from before a failed transaction. */
  reset({ stored, lastSequence, lastParked }: Totals): void {
    this.#stored = stored
    this.#lastSequence = lastSequence
    this.#lastParked = lastParked
  }

  /** Counts the rows again, after another program has removed rows. */
  recount(): void {
    this.#stored = rows<{ stored: number }>(this.#statements.count)[0]?.stored ?? 0
  }

  /** Writes the id of the last own update, if the transaction has put one. */
  writeOwnId(): void {
    if (this.#lastOwnId === this.#storedOwnId) return
    this.#statements.ownId.run(this.#lastOwnId)
    this.#storedOwnId = this.#lastOwnId
  }

  /** Writes the number of updates. */
  writeTotal(): void {
    this.#statements.total.run(this.#stored)
  }

  /**
   * Stores updates at the ends of their lanes. Returns the sequence of each; `undefined` if its id is
   * known.
   */
  put(updates: readonly NewUpdate[], now: number): (number | undefined)[] {
    const sequences: (number | undefined)[] = []
    while (sequences.length < updates.length) {
      const from = sequences.length
      const some = updates.slice(from, from + this.#countNew(updates, from))
      if (some.length > 0) sequences.push(...this.#putNew(some, now))
      // The index is below the length, so that the element exists.
      else sequences.push(this.#putOne(updates[from] as NewUpdate, now))
    }
    return sequences
  }

  /**
   * Stores an update outside of its lane, under a sequence below 0, and returns the sequence;
   * `undefined` if its id is known.
   */
  park(update: NewUpdate, now: number): number | undefined {
    if (!this.#claim(update, now)) return undefined
    this.#lastParked -= 1
    this.#add([update], now, this.#lastParked)
    return this.#lastParked
  }

  /** Stores an own update at the end of its lane, under the next id, and returns its place. */
  putOwn(botId: number, own: OwnContent, now: number): StoredPlace {
    const updateId = this.newOwnId()
    const update: OwnUpdate = { update_id: updateId, own }
    const { lane } = own
    this.#append([{ botId, updateId, lane, body: JSON.stringify(update), update }], now)
    return { sequence: this.#lastSequence, botId, lane, dueAt: 0 }
  }

  /** Returns an id that no own update has had. */
  newOwnId(): number {
    return (this.#lastOwnId -= 1)
  }

  /** Moves an update that was set aside to the end of its lane, and returns its sequence. */
  replay({ botId, updateId }: UpdateReference, now: number): number {
    this.#lastSequence += 1
    this.#statements.replay.run(this.#lastSequence, now, botId, updateId)
    this.#stored += 1
    return this.#lastSequence
  }

  /** Moves a parked update to the end of its lane, and returns its new sequence. */
  unpark(sequence: number): number {
    const moved = this.#lastSequence + 1
    this.#statements.unpark.run(moved, sequence)
    this.#lastSequence = moved
    sqliteCrashPoint("unpark: update moved")
    return moved
  }

  /**
   * Moves all parked updates to the ends of their lanes, in the order of their ids, after a start. The
   * updates with lower ids, for which they waited, arrived before the process ended or will never
   * arrive.
   */
  unparkAll(): void {
    const parked = rows<{ sequence: number }>(this.#statements.parked)
    for (const { sequence } of parked) this.unpark(sequence)
    this.#lastParked = 0
  }

  /** Returns true if the update is stored, or was handled and is remembered. */
  knows({ botId, updateId }: UpdateReference, now: number): boolean {
    return this.#statements.known.all(botId, updateId, now - this.#rememberMs).length > 0
  }

  /**
   * Returns the highest id of a bot, or a higher number after a failed transaction; `-Infinity` if no
   * id is known.
   */
  highestOf(botId: number): number {
    const known = this.#highest.get(botId)
    if (known !== undefined) return known
    const [found] = rows<{ id: number | null }>(this.#statements.highest, botId)
    const highest = found?.id ?? -Infinity
    this.#highest.set(botId, highest)
    return highest
  }

  /** Stores the earliest time of an update's next attempt. */
  retry(sequence: number, dueAt: number): void {
    this.#statements.delay.run(dueAt, sequence)
    sqliteCrashPoint("retry: delay stored")
  }

  /** Removes handled updates and remembers their ids. */
  done(updates: readonly HandledUpdate[], now: number): void {
    if (updates.length === 0) return
    this.remove(updates)
    sqliteCrashPoint("done: update removed")
    this.remember(updates, now)
    sqliteCrashPoint("done: id remembered")
  }

  /** Removes updates from their lanes. */
  remove(updates: readonly HandledUpdate[]): void {
    this.#stored -= this.#many.remove.run(updates, (portion) =>
      portion.map(({ sequence }) => sequence),
    )
  }

  /** Marks the ids of updates as handled now: after `rememberMs` they are forgotten. */
  remember(updates: readonly UpdateReference[], now: number): void {
    for (const botId of new Set(updates.map((one) => one.botId))) {
      const ofBot = updates.filter((one) => one.botId === botId)
      this.#many.handled.run(ofBot, (portion) => [
        now,
        botId,
        ...portion.map((one) => one.updateId),
      ])
    }
  }

  /** Returns a page of a bot's updates, in the order of their sequences. */
  placesAfter(botId: number, { after, to, limit }: PageOfPlaces): StoredPlace[] {
    const found = rows<PlaceRow>(this.#statements.places, botId, after, to, limit)
    return found.map((row) => ({ ...row, lane: columnText(row.lane) }))
  }

  /** Returns the number of updates of each lane. */
  laneCounts(): LaneCount[] {
    const found = rows<LaneCountRow>(this.#statements.lanes)
    return found.map((row) => ({ ...row, lane: columnText(row.lane) }))
  }

  /** Returns the lowest bot id above `botId` that has updates, or `null`. */
  botAfter(botId: number): number | null {
    return rows<{ botId: number | null }>(this.#statements.nextBot, botId)[0]?.botId ?? null
  }

  /** Returns the time of the oldest put, or `undefined` if there is no update. */
  oldestPutAt(): number | undefined {
    return rows<{ putAt: number | null }>(this.#statements.oldest)[0]?.putAt ?? undefined
  }

  /** Writes a row of `bytes` bytes, as a test of the disk. */
  writeTrial(bytes: number): void {
    this.#statements.clearTrial.run()
    this.#statements.trial.run(bytes)
  }

  /**
   * Removes remembered ids that are too old. Each call checks the next 1,024 ids, and after the last
   * id the first ones again. A call checks nothing unless 256 ids have been added since the last
   * check.
   */
  prune(now: number): void {
    if (this.#addedSincePrune < prunePage / 4) return
    this.#addedSincePrune = 0
    const { botId, updateId } = this.#pruned
    const { pruneEnd, prune } = this.#statements
    const [end] = rows<{ botId: number; updateId: number }>(pruneEnd, botId, updateId, prunePage)
    const to = end ?? { botId: Number.MAX_SAFE_INTEGER, updateId: 0 }
    prune.run(botId, updateId, to.botId, to.updateId, now - this.#rememberMs)
    this.#pruned = end ?? { botId: -1, updateId: 0 }
  }

  /**
   * Returns how many updates from the index `from` on are certainly new, because each id is above all
   * ids of its bot.
   */
  #countNew(updates: readonly NewUpdate[], from: number): number {
    let to = from
    for (let update = updates[to]; update; update = updates[to]) {
      if (update.updateId <= this.highestOf(update.botId)) break
      this.#highest.set(update.botId, update.updateId)
      to += 1
    }
    return to - from
  }

  #putNew(updates: readonly NewUpdate[], now: number): number[] {
    const sequences = this.#append(updates, now)
    this.#statements.claimFrom.run(sequences[0] ?? Infinity)
    sqliteCrashPoint("put: id recorded")
    this.#addedSincePrune += updates.length
    return sequences
  }

  #putOne(update: NewUpdate, now: number): number | undefined {
    return this.#claim(update, now) ? this.#append([update], now)[0] : undefined
  }

  /** Adds the id of an update. Returns false if the id was known. */
  #claim({ botId, updateId }: NewUpdate, now: number): boolean {
    const { changes } = this.#statements.claim.run(botId, updateId, now - this.#rememberMs)
    if (Number(changes) === 0) return false
    this.#highest.set(botId, Math.max(this.highestOf(botId), updateId))
    sqliteCrashPoint("put: id recorded")
    this.#addedSincePrune += 1
    return true
  }

  /** Adds updates after all others, and returns their sequences. */
  #append(updates: readonly NewUpdate[], now: number): number[] {
    const first = this.#lastSequence + 1
    this.#add(updates, now, first)
    this.#lastSequence += updates.length
    return updates.map((_, index) => first + index)
  }

  #add(updates: readonly NewUpdate[], now: number, first: number): void {
    let sequence = first
    this.#many.updates.run(updates, (portion) => {
      const values: SqlValue[] = [sequence, now]
      for (const { botId, updateId, lane, body } of portion)
        values.push(botId, updateId, lane, body)
      sequence += portion.length
      return values
    })
    this.#stored += updates.length
    sqliteCrashPoint("put: update stored")
  }
}
