import type { NewUpdate } from "../new-update.js"
import type { UpdateReference } from "../update-queue.js"
import { rows, type SqlAnswer, type SqliteDatabase, type SqlValue } from "./sqlite-driver.js"
import { type UpdateStatements, updateStatements } from "./statements.js"
import { step } from "./steps.js"
import { textOf } from "./stored-text.js"
import { TakenRows } from "./taken-rows.js"

/** Where a stored update waits. */
export type StoredPlace = {
  readonly sequence: number
  readonly botId: number
  readonly lane: string
  /** When it may be taken, in milliseconds since 1970; 0 for at once. */
  readonly dueAt: number
}

/** A {@link StoredPlace} as it is read. */
type PlaceRow = Omit<StoredPlace, "lane"> & { readonly lane: SqlAnswer }

/** How many updates there are of a lane. */
export interface LaneCount {
  readonly botId: number
  readonly lane: string
  readonly count: number
}

/** A {@link LaneCount} as it is read. */
type LaneCountRow = Readonly<Record<"botId" | "count", number>> & { readonly lane: SqlAnswer }

/** Which places of a bot are read. */
export interface PageOfPlaces {
  /** Those behind this one. */
  readonly after: number
  /** Up to this one. */
  readonly to: number
  /** How many at most. */
  readonly limit: number
}

/** A stored update that has been handled. */
export interface HandledUpdate extends UpdateReference {
  readonly sequence: number
}

/** What {@link UpdateRows} knows of the tables: to be put back when a transaction fails. */
export interface Totals {
  readonly stored: number
  readonly lastSequence: number
  /** The last place of those that came early, which are counted down from 0. */
  readonly lastEarly: number
}

/** How many remembered ids are looked at, each time some have been added, for those that are old. */
const pruneStep = 1_024

/**
 * The updates that wait or are being handled, and the ids of all that were put. Writes within a
 * transaction, which is the caller's.
 */
export class UpdateRows {
  /** Those that are taken. */
  readonly taken: TakenRows
  readonly #rememberMs: number
  readonly #statements: UpdateStatements["single"]
  readonly #many: UpdateStatements["many"]
  /** The highest id of each bot that may be in the file: what is above it is new. */
  readonly #highest = new Map<number, number>()
  #stored: number
  #lastSequence: number
  #lastEarly: number
  #addedSincePrune = 0
  #pruned: UpdateReference = { botId: -1, updateId: 0 }

  /** @param rememberMs how long the id of an update is known after it was handled */
  constructor(database: SqliteDatabase, rememberMs: number) {
    this.#rememberMs = rememberMs
    const statements = updateStatements(database)
    this.#statements = statements.single
    this.#many = statements.many
    this.taken = new TakenRows(statements)
    const [found] = rows<Record<"stored" | "last" | "first", number | null>>(
      this.#statements.totals,
    )
    this.#stored = found?.stored ?? 0
    this.#lastSequence = Math.max(0, found?.last ?? 0)
    this.#lastEarly = Math.min(0, found?.first ?? 0)
  }

  /** How many updates there are, and the last places. */
  get totals(): Totals {
    const [stored, lastSequence, lastEarly] = [this.#stored, this.#lastSequence, this.#lastEarly]
    return { stored, lastSequence, lastEarly }
  }

  /** A transaction has failed: nothing of it is there. */
  reset({ stored, lastSequence, lastEarly }: Totals): void {
    this.#stored = stored
    this.#lastSequence = lastSequence
    this.#lastEarly = lastEarly
  }

  /** Some were there and are no more, though this process has not removed them. */
  recount(): void {
    this.#stored = rows<{ stored: number }>(this.#statements.count)[0]?.stored ?? 0
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

  /**
   * Stores an update before its turn, in a place of its own, and answers that; `undefined` where its id
   * is known.
   */
  putEarly(update: NewUpdate, now: number): number | undefined {
    if (!this.#claim(update, now)) return undefined
    this.#lastEarly -= 1
    this.#add([update], now, this.#lastEarly)
    return this.#lastEarly
  }

  /** Puts back what was set aside, behind all others; answers its place. */
  replay({ botId, updateId }: UpdateReference, now: number): number {
    this.#lastSequence += 1
    this.#statements.replay.run(this.#lastSequence, now, botId, updateId)
    this.#stored += 1
    return this.#lastSequence
  }

  /** Moves an update behind all others; answers its place. */
  move(sequence: number): number {
    const moved = this.#lastSequence + 1
    this.#statements.move.run(moved, sequence)
    this.#lastSequence = moved
    step("turn: update moved")
    return moved
  }

  /**
   * Those that came early, in the order of their ids: what they waited for came in a life of the process
   * that has ended, or never.
   */
  moveEarly(): void {
    const early = rows<{ sequence: number }>(this.#statements.early)
    for (const { sequence } of early) this.move(sequence)
    this.#lastEarly = 0
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

  /** The places of a bot on a page, in their order. */
  placesAfter(botId: number, { after, to, limit }: PageOfPlaces): StoredPlace[] {
    const found = rows<PlaceRow>(this.#statements.places, botId, after, to, limit)
    return found.map((row) => ({ ...row, lane: textOf(row.lane) }))
  }

  /** How many updates there are of each lane. */
  laneCounts(): LaneCount[] {
    const found = rows<LaneCountRow>(this.#statements.lanes)
    return found.map((row) => ({ ...row, lane: textOf(row.lane) }))
  }

  /** The bot with updates whose id is next above one. */
  botAfter(botId: number): number | null {
    return rows<{ botId: number | null }>(this.#statements.nextBot, botId)[0]?.botId ?? null
  }

  /** When the first update of all was put; `undefined` where there is none. */
  oldestPutAt(): number | undefined {
    return rows<{ putAt: number | null }>(this.#statements.oldest)[0]?.putAt ?? undefined
  }

  /** Writes a row of so many bytes, to see whether that can be done. */
  writeTrial(bytes: number): void {
    this.#statements.clearTrial.run()
    this.#statements.trial.run(bytes)
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
    const places = this.#append(updates, now)
    this.#statements.claimFrom.run(places[0] ?? Infinity)
    step("put: id recorded")
    this.#addedSincePrune += updates.length
    return places
  }

  #putOne(update: NewUpdate, now: number): number | undefined {
    return this.#claim(update, now) ? this.#append([update], now)[0] : undefined
  }

  /** Notes an id; answers whether it was not known. */
  #claim({ botId, updateId }: NewUpdate, now: number): boolean {
    const { changes } = this.#statements.claim.run(botId, updateId, now - this.#rememberMs)
    if (Number(changes) === 0) return false
    this.#highest.set(botId, Math.max(this.highestOf(botId), updateId))
    step("put: id recorded")
    this.#addedSincePrune += 1
    return true
  }

  /** Adds updates behind all others; answers their places. */
  #append(updates: readonly NewUpdate[], now: number): number[] {
    const first = this.#lastSequence + 1
    this.#add(updates, now, first)
    this.#lastSequence += updates.length
    return updates.map((_, index) => first + index)
  }

  #add(updates: readonly NewUpdate[], now: number, first: number): void {
    let sequence = first
    this.#many.updates.run(updates, (some) => {
      const values: SqlValue[] = [sequence, now]
      for (const { botId, updateId, lane, body } of some) values.push(botId, updateId, lane, body)
      sequence += some.length
      return values
    })
    this.#stored += updates.length
    step("put: update stored")
  }
}
