import type { Update } from "@grammyjs/types"
import type { NewUpdate } from "../new-update.js"
import { StorageError } from "../storage-error.js"
import type { UpdateReference } from "../update-queue.js"
import { type FreshUpdate, FreshUpdates } from "./fresh-updates.js"
import { type ReadUpdate, ReadAhead } from "./read-ahead.js"
import { rows, type SqliteDatabase, type SqlValue } from "./sqlite-driver.js"
import { type UpdateStatements, updateStatements } from "./statements.js"
import { step } from "./steps.js"
import type { StoredLane } from "./stored-lane.js"

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

/** A stored update that has been handled. */
export interface HandledUpdate extends UpdateReference {
  readonly sequence: number
}

/** What is written of an update. */
type UpdateText = Omit<NewUpdate, "update">

/** What {@link UpdateRows} knows of the tables: to be put back when a transaction fails. */
export interface Totals {
  readonly stored: number
  readonly lastSequence: number
}

/** How many remembered ids are looked at, each time some have been added, for those that are old. */
const pruneStep = 1_024

/**
 * The updates that wait or are being handled, and the ids of all that were put. Writes within a
 * transaction, which is the caller's.
 */
export class UpdateRows {
  readonly #path: string
  readonly #rememberMs: number
  readonly #statements: UpdateStatements["single"]
  readonly #many: UpdateStatements["many"]
  readonly #fresh = new FreshUpdates()
  readonly #ahead: ReadAhead
  /** The highest id of each bot that may be in the file: what is above it is new. */
  readonly #highest = new Map<number, number>()
  #stored: number
  #lastSequence: number
  #addedSincePrune = 0
  #pruned: UpdateReference = { botId: -1, updateId: 0 }

  /**
   * @param path the file, for messages
   * @param rememberMs how long the id of an update is known after it was handled
   */
  constructor(database: SqliteDatabase, path: string, rememberMs: number) {
    this.#path = path
    this.#rememberMs = rememberMs
    const { single, many } = updateStatements(database)
    this.#statements = single
    this.#many = many
    this.#ahead = new ReadAhead(single.ahead, (sequence) => this.#fresh.has(sequence))
    const [found] = rows<{ stored: number; last: number | null }>(this.#statements.totals)
    this.#stored = found?.stored ?? 0
    this.#lastSequence = found?.last ?? 0
  }

  /** How many updates there are, and the last place. */
  get totals(): Totals {
    return { stored: this.#stored, lastSequence: this.#lastSequence }
  }

  /** A transaction has failed: nothing of it is there. */
  reset({ stored, lastSequence }: Totals): void {
    this.#stored = stored
    this.#lastSequence = lastSequence
  }

  /** Writes how many updates there are now. */
  writeTotal(): void {
    this.#statements.total.run(this.#stored)
  }

  /** Stores updates, and answers the place of each; `undefined` where its id is known. */
  put(updates: readonly NewUpdate[], now: number): (number | undefined)[] {
    const places: (number | undefined)[] = []
    while (places.length < updates.length) {
      const from = places.length
      const some = updates.slice(from, from + this.#countNew(updates, from))
      if (some.length > 0) places.push(...this.#putNew(some, now))
      // There is one, since not all have their place.
      else places.push(this.#putOne(updates[from] as NewUpdate, now))
    }
    return places
  }

  /** Adds an update behind all others; its id is known. */
  append(update: UpdateText, now: number): number {
    return this.#add([update], now)[0] ?? this.#lastSequence
  }

  /** Moves an update behind all others; answers its place. */
  move(sequence: number): number {
    const moved = this.#lastSequence + 1
    this.#statements.move.run(moved, sequence)
    this.#lastSequence = moved
    step("turn: update moved")
    return moved
  }

  /** What has just been stored can be taken without being read. */
  keep(sequence: number, update: FreshUpdate): void {
    this.#fresh.add(sequence, update)
  }

  /** Whether this update is stored, or was and is remembered. */
  knows({ botId, updateId }: UpdateReference, now: number): boolean {
    return this.#statements.known.all(botId, updateId, now - this.#rememberMs).length > 0
  }

  /** The highest id of a bot that may be known; `-Infinity` for none. */
  highestOf(botId: number): number {
    const known = this.#highest.get(botId)
    if (known !== undefined) return known
    const [found] = rows<{ id: number | null }>(this.#statements.highest, botId)
    const highest = found?.id ?? -Infinity
    this.#highest.set(botId, highest)
    return highest
  }

  /** Counts one more attempt of the first update of each lane, and answers them. */
  count(lanes: readonly StoredLane[]): CountedUpdate[] {
    const isKnown = ({ head }: StoredLane) => this.#fresh.has(head) || this.#ahead.has(head)
    const counted = this.#many.attempts.run(lanes.filter(isKnown), headsOf)
    const other = lanes.filter((lane) => !isKnown(lane))
    const read = new Map(
      // What was returned, by its statement.
      (this.#many.read.all(other, headsOf) as ReadUpdate[]).map((row) => [row.sequence, row]),
    )
    if (counted + read.size < lanes.length) throw this.#gone()
    const found = lanes.map((lane) => this.#countedOf(lane, read))
    this.#ahead.miss(headsOf(other))
    return found
  }

  /** Reads some that are not kept before they are taken. */
  readAhead(): void {
    this.#ahead.read()
  }

  /** Takes back what {@link UpdateRows.count} counted. */
  uncount(sequence: number): void {
    this.#statements.uncount.run(sequence)
    // It may have been read while it was held.
    this.#ahead.take(sequence)
    step("handBack: attempt uncounted")
  }

  /** An update is to be taken again, not before `dueAt`. */
  retry(sequence: number, dueAt: number): void {
    this.#statements.delay.run(dueAt, sequence)
    step("retry: delay stored")
  }

  /** Updates have been handled. */
  done(updates: readonly HandledUpdate[], now: number): void {
    if (updates.length === 0) return
    this.remove(updates)
    step("done: update removed")
    this.remember(updates, now)
    step("done: id kept")
  }

  /** Takes updates out of their lanes. */
  remove(updates: readonly HandledUpdate[]): void {
    this.#stored -= this.#many.remove.run(updates, (some) => some.map(({ sequence }) => sequence))
  }

  /** Keeps the ids of updates that have been handled. */
  remember(updates: readonly UpdateReference[], now: number): void {
    for (const botId of new Set(updates.map((one) => one.botId))) {
      const ofBot = updates.filter((one) => one.botId === botId)
      this.#many.handled.run(ofBot, (some) => [now, botId, ...some.map((one) => one.updateId)])
    }
  }

  /** The places of a bot after a given one, in their order. */
  placesAfter(botId: number, sequence: number, limit: number): StoredPlace[] {
    return rows<StoredPlace>(this.#statements.places, botId, sequence, limit)
  }

  /** The bot with updates whose id is next above one. */
  botAfter(botId: number): number | null {
    return rows<{ botId: number | null }>(this.#statements.nextBot, botId)[0]?.botId ?? null
  }

  /** When the first update of all was put; `undefined` where there is none. */
  oldestPutAt(): number | undefined {
    return rows<{ putAt: number }>(this.#statements.oldest)[0]?.putAt
  }

  /** Forgets the ids of some that were handled long ago, when about as many others were added. */
  prune(now: number): void {
    if (this.#addedSincePrune < pruneStep / 4) return
    this.#addedSincePrune = 0
    const { botId, updateId } = this.#pruned
    const { pruneEnd, prune } = this.#statements
    const [end] = rows<{ botId: number; updateId: number }>(pruneEnd, botId, updateId, pruneStep)
    const to = end ?? { botId: Number.MAX_SAFE_INTEGER, updateId: 0 }
    prune.run(botId, updateId, to.botId, to.updateId, now - this.#rememberMs)
    this.#pruned = end ?? { botId: -1, updateId: 0 }
  }

  /** How many from there on are surely new: each above all ids of its bot. */
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
    const places = this.#add(updates, now)
    this.#statements.claimFrom.run(places[0] ?? Infinity)
    step("put: id recorded")
    this.#addedSincePrune += updates.length
    return places
  }

  #putOne(update: NewUpdate, now: number): number | undefined {
    const { claim } = this.#statements
    const { changes } = claim.run(update.botId, update.updateId, now - this.#rememberMs)
    if (Number(changes) === 0) return undefined
    step("put: id recorded")
    this.#addedSincePrune += 1
    return this.append(update, now)
  }

  #add(updates: readonly UpdateText[], now: number): number[] {
    const places: number[] = []
    this.#many.updates.run(updates, (some) => {
      const values: SqlValue[] = [this.#lastSequence + 1, now]
      for (const { botId, updateId, lane, body } of some) {
        values.push(botId, updateId, lane, body)
        places.push((this.#lastSequence += 1))
      }
      return values
    })
    this.#stored += updates.length
    step("put: update stored")
    return places
  }

  #countedOf(lane: StoredLane, read: ReadonlyMap<number, ReadUpdate>): CountedUpdate {
    // It may be in both: what is stored can be read ahead before it is kept.
    const [fresh, ahead] = [this.#fresh.take(lane.head), this.#ahead.take(lane.head)]
    const known = fresh ?? ahead
    if (known) {
      const { update, receivedAt } = known
      return { lane, attempt: known.attempt + 1, receivedAt, update }
    }
    const row = read.get(lane.head)
    if (!row) throw this.#gone()
    const { attempt, receivedAt, body } = row
    // What was put, as JSON.
    return { lane, attempt, receivedAt, update: JSON.parse(body) as Update }
  }

  #gone(): StorageError {
    return new StorageError(
      "storage-corrupted",
      `An update is gone from ${this.#path}. Let nothing else write to it, and start again`,
    )
  }
}

function headsOf(lanes: readonly StoredLane[]): number[] {
  return lanes.map(({ head }) => head)
}
