import { isUtf8 } from "node:buffer"
import type { ValueWrite } from "../expect-writes.js"
import { StorageError } from "../storage-error.js"
import {
  StateConflict,
  type StateEntry,
  type StateKey,
  stateKeyText,
  type StateSet,
} from "../state-store.js"
import { sqliteCrashPoint } from "./crash-points.js"
import { KnownValues } from "./known-values.js"
import { rows, type SqlAnswer, type SqliteDatabase, type SqlValue } from "./sqlite-driver.js"
import { type StateStatements, stateStatements } from "./statements.js"
import { bytesOf } from "./stored-text.js"

/** The version of a value. `place` is the index of its key in the list of requested keys. */
interface VersionRow {
  readonly place: number
  readonly version: number
}

/** A value as SQLite returns it. */
interface ValueRow extends VersionRow {
  readonly expiresAt: number | null
  readonly json: SqlAnswer
}

/** The maximum number of expired values that a transaction without writes of values removes. */
const sweepPage = 64

/**
 * The table `state`: the values that handlers store. The caller begins and commits the transaction.
 *
 * The writes of a transaction are collected and written at its end, because one statement for many
 * values costs less than many statements.
 */
export class StateRows {
  readonly #statements: StateStatements
  /** The writes of this transaction, the last one of each key. */
  readonly #writes = new Map<string, ValueWrite>()
  readonly #known = new KnownValues()
  /** The last version in the file, or a higher number after a failed transaction. */
  #lastVersion: number
  /** A time before which no value expires, in milliseconds since 1970. */
  #nextExpiry = -Infinity

  constructor(database: SqliteDatabase) {
    this.#statements = stateStatements(database)
    const [found] = rows<{ version: number }>(this.#statements.single.lastVersion)
    this.#lastVersion = found?.version ?? 0
  }

  /** Returns the number of values, including expired values that have not been removed yet. */
  count(): number {
    return rows<{ count: number }>(this.#statements.single.count)[0]?.count ?? 0
  }

  /** Returns the entry of each key, in the order of the keys. Throws if a value is damaged. */
  read(keys: readonly StateKey[], now: number): (StateEntry | undefined)[] {
    const known = keys.map((key) => this.#known.get(stateKeyText(key), now))
    const unknown = keys.filter((_, at) => known[at] === undefined)
    const read = unknown.length === 0 ? [] : this.#readRows(unknown, now)
    let next = 0
    return known.map((entry) => {
      if (entry === undefined) return read[next++]
      return entry === "none" ? undefined : entry
    })
  }

  #readRows(keys: readonly StateKey[], now: number): (StateEntry | undefined)[] {
    const entries: (StateEntry | undefined)[] = keys.map(() => undefined)
    // The statement selects these columns.
    const found = this.#select("read", keys, now) as ValueRow[]
    // The place is the index of a key, so that the key exists.
    for (const row of found) entries[row.place] = entryOf(keys[row.place] as StateKey, row)
    for (const [place, key] of keys.entries()) this.#known.set(stateKeyText(key), entries[place])
    return entries
  }

  /**
   * Adds writes to the transaction, all or none. Returns a conflict if a value does not have the expected
   * version.
   */
  write(writes: readonly ValueWrite[], now: number): StateConflict | undefined {
    const conflict = this.#conflictOf(writes, now)
    if (conflict) return conflict
    for (const write of writes) this.#writes.set(stateKeyText(write.key), write)
    return undefined
  }

  /** Writes the collected values, and removes some of the expired values. */
  finish(now: number): void {
    const count = this.#writes.size
    if (count > 0) this.#store()
    // Removes more values than were written, so that the table does not grow while values expire.
    if (this.#nextExpiry <= now) this.#sweep(now, sweepPage + 2 * count)
  }

  /** Forgets the values in memory, after another part has deleted values in this transaction. */
  forgetKnown(): void {
    this.#known.clear()
  }

  /** Forgets the writes of a failed transaction. */
  reset(): void {
    this.#writes.clear()
    this.#known.clear()
    this.#nextExpiry = -Infinity
  }

  #conflictOf(writes: readonly ValueWrite[], now: number): StateConflict | undefined {
    const guarded = writes.filter(({ ifVersion }) => ifVersion !== undefined)
    if (guarded.length === 0) return undefined
    const versions = guarded.map(({ key }) => this.#knownVersion(stateKeyText(key), now))
    const unknown = guarded.flatMap(({ key }, at) =>
      versions[at] === undefined ? [{ key, at }] : [],
    )
    for (const { at } of unknown) versions[at] = 0
    const keys = unknown.map(({ key }) => key)
    // The statement selects these columns. The place is the index of a key, so that the key exists.
    const found = this.#select("versions", keys, now) as VersionRow[]
    for (const { place, version } of found) versions[unknown[place]?.at ?? 0] = version
    const wrong = guarded.find(({ ifVersion }, at) => versions[at] !== ifVersion)
    return wrong && new StateConflict(wrong.key)
  }

  /** Returns the version of a value without reading the file; `undefined` if it is not known. */
  #knownVersion(text: string, now: number): number | undefined {
    const write = this.#writes.get(text)
    if (write) return versionAfter(write, now)
    const known = this.#known.get(text, now)
    return known === "none" ? 0 : known?.version
  }

  #store(): void {
    const { set, remove } = this.#statements.many
    const writes = [...this.#writes.values()]
    this.#writes.clear()
    const sets = writes.filter((write) => write.kind === "set")
    const deletes = writes.filter((write) => write.kind === "delete")
    remove.run(deletes, placedKeys())
    for (const { key } of deletes) this.#known.set(stateKeyText(key), undefined)
    if (deletes.length > 0) sqliteCrashPoint("state: values removed")
    if (sets.length === 0) return
    set.run(sets, (portion) => this.#valuesOf(portion))
    sqliteCrashPoint("state: values stored")
    this.#statements.single.version.run(this.#lastVersion)
    sqliteCrashPoint("state: version counted")
  }

  /** Returns the values to bind for some writes, and gives the writes the next versions. */
  #valuesOf(sets: readonly StateSet[]): SqlValue[] {
    const values: SqlValue[] = [this.#lastVersion + 1]
    for (const { key, json, expiresAt = null } of sets) {
      const entry = { json, version: (this.#lastVersion += 1) }
      this.#known.set(stateKeyText(key), expiresAt === null ? entry : { ...entry, expiresAt })
      if (expiresAt !== null && expiresAt < this.#nextExpiry) this.#nextExpiry = expiresAt
      values.push(key.botId, key.space, key.key, expiresAt, json)
    }
    return values
  }

  #sweep(now: number, limit: number): void {
    const { sweep, nextExpiry } = this.#statements.single
    const { changes } = sweep.run(now, limit)
    if (Number(changes) > 0) sqliteCrashPoint("state: expired values removed")
    this.#nextExpiry = rows<{ at: number }>(nextExpiry)[0]?.at ?? Infinity
  }

  #select(statement: "read" | "versions", keys: readonly StateKey[], now: number): unknown[] {
    const valuesOf = placedKeys()
    const wanted = keys.map((key) => ({ key }))
    return this.#statements.many[statement].all(wanted, (portion) => [now, ...valuesOf(portion)])
  }
}

/**
 * Returns the version of a value after a write of the same transaction: 0 if the value does not exist. `NaN`
 * for a value that was set: the transaction is not committed, so that no write can expect its version, and
 * `NaN` equals no number.
 */
function versionAfter(write: ValueWrite, now: number): number {
  if (write.kind === "delete") return 0
  return (write.expiresAt ?? Infinity) > now ? Number.NaN : 0
}

/** Returns a function that returns the values to bind for keys, each with its place among all keys. */
function placedKeys(): (some: readonly Pick<ValueWrite, "key">[]) => SqlValue[] {
  let place = 0
  return (portion) => portion.flatMap(({ key }) => [place++, key.botId, key.space, key.key])
}

function entryOf(key: StateKey, { version, expiresAt, json }: ValueRow): StateEntry {
  const bytes = bytesOf(json)
  if (!bytes || !isUtf8(bytes)) throw damagedValue(key)
  const entry = { json: bytes.toString(), version }
  return expiresAt === null ? entry : { ...entry, expiresAt }
}

function damagedValue({ botId, space, key }: StateKey): StorageError {
  return new StorageError(
    "storage-corrupted",
    `The value ${JSON.stringify(key)} of ${JSON.stringify(space)} of bot ${botId} is damaged in the ` +
      "queue file. Write or delete the value",
  )
}
