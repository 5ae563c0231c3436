import type { Removable } from "../../ground/removable.js"
import { sleep } from "../../ground/sleep.js"
import { idleTimer, type Timer } from "../../ground/timer.js"
import { StorageError } from "../../queue/index.js"
import { makePrivate, realPath } from "../../queue/sqlite/file-places.js"
import { rollBack } from "../../queue/sqlite/roll-back.js"
import {
  findSqlite,
  rows,
  type SqliteDatabase,
  type SqlValue,
} from "../../queue/sqlite/sqlite-driver.js"
import { toStorageError } from "../../queue/sqlite/sqlite-failure.js"
import {
  type BotRow,
  type BotState,
  type BotTable,
  type DecideRows,
  keepRemovedMs,
} from "./bot-table.js"

/** The `application_id` of a store's file, `SNDF` in ASCII. */
const applicationId = 0x534e4446
/** The newest version of the schema. */
const newestVersion = 2

/**
 * - `bots`: a row for each bot; see `BotRow`
 * - `fleet`: one row with the number of the last transaction and with the leader; `leader_until` is a time in
 *   milliseconds since 1970
 */
const schema = `
CREATE TABLE bots (
  bot_id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  token_version INTEGER NOT NULL,
  sealed_token TEXT NOT NULL,
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  problem TEXT,
  deletes_webhook INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  deletes_data INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX bots_changed ON bots (version);
CREATE INDEX bots_removed ON bots (changed_at) WHERE state = 'removed';
CREATE TABLE fleet (version INTEGER NOT NULL, leader TEXT, leader_until INTEGER NOT NULL);
INSERT INTO fleet VALUES (0, NULL, 0);
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${newestVersion};`

/** The SQL that migrates a file of version 1. */
const migrationFrom1 = `ALTER TABLE bots ADD COLUMN deletes_data INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = ${newestVersion};`

const columns = `bot_id, version, token_version, sealed_token, kind, data, state, reason, problem, deletes_webhook,
  changed_at, deletes_data`

/** The longest time for which a statement waits for another process, in milliseconds. The wait blocks the event loop. */
const busyTimeoutMs = 50
/** The longest total wait for other processes, in milliseconds, and the time between two tries. */
const [longestWaitMs, retryEveryMs] = [5_000, 20] as const

/** A row, as SQLite returns it. */
type StoredRow = {
  readonly bot_id: number
  readonly version: number
  readonly token_version: number
  readonly sealed_token: string
  readonly kind: string
  readonly data: string
  readonly state: string
  readonly reason: string | null
  readonly problem: string | null
  readonly deletes_webhook: number
  readonly changed_at: number
  readonly deletes_data: number
}

/** The rows of a store of bots in a file. */
export class SqliteBotTable implements BotTable {
  readonly #path: string
  readonly #pollMs: number
  readonly #database: SqliteDatabase
  readonly #watches = new Set<() => void>()
  #timer: Timer | undefined
  #dataVersion: number | undefined
  #isClosed = false

  /** Opens the file, and creates it if there is none. Throws a {@link StorageError}. */
  constructor(path: string, pollMs: number) {
    this.#path = realPath(path)
    this.#pollMs = pollMs
    let database: SqliteDatabase | undefined
    try {
      makePrivate(this.#path)
      database = findSqlite()(this.#path)
      prepare(database, this.#path)
    } catch (error) {
      database?.close()
      throw this.#toStorageError(error)
    }
    this.#database = database
  }

  async change(botIds: readonly number[], decide: DecideRows): Promise<void> {
    await this.#transact(() => {
      const [fleet] = rows<{ version: number }>(this.#database.prepare("SELECT version FROM fleet"))
      const version = (fleet?.version ?? 0) + 1
      const nowMs = Date.now()
      const current = new Map(this.#find(botIds).map((row) => [row.botId, row]))
      const changed = decide(current, { version, nowMs })
      if (changed.length === 0) return
      this.#write(changed)
      this.#database.prepare("UPDATE fleet SET version = ?").run(version)
      this.#database
        .prepare("DELETE FROM bots WHERE state = 'removed' AND changed_at < ?")
        .run(nowMs - keepRemovedMs)
    })
    this.#changed()
  }

  async find(botIds: readonly number[]): Promise<readonly BotRow[]> {
    return this.#whenFree(() => this.#find(botIds))
  }

  async readSince(since: number): Promise<readonly BotRow[]> {
    const sql = `SELECT ${columns} FROM bots WHERE version > ? ORDER BY version, bot_id`
    return this.#whenFree(() => rows<StoredRow>(this.#database.prepare(sql), since).map(botRow))
  }

  async lead(machine: string, leaseMs: number): Promise<boolean> {
    return this.#transact(() => {
      const nowMs = Date.now()
      // A lease that ends later than any lease can was given before the clock was set back.
      const sql = `UPDATE fleet SET leader = ?, leader_until = ?
        WHERE leader IS NULL OR leader = ? OR leader_until <= ? OR leader_until > ?`
      const values = [machine, nowMs + leaseMs, machine, nowMs, nowMs + leaseMs]
      return Number(this.#database.prepare(sql).run(...values).changes) === 1
    })
  }

  async resign(machine: string): Promise<void> {
    await this.#transact(() => {
      this.#database.prepare("UPDATE fleet SET leader = NULL WHERE leader = ?").run(machine)
    })
  }

  watch(changed: () => void): Removable {
    if (this.#isClosed) throw closedError(this.#path)
    const watch = () => changed()
    this.#watches.add(watch)
    this.#timer ??= idleTimer(() => this.#poll(), this.#pollMs)
    return {
      remove: () => {
        this.#watches.delete(watch)
        if (this.#watches.size === 0) this.#stopPolling()
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#watches.clear()
    this.#stopPolling()
    this.#database.close()
  }

  /** Asks SQLite whether another connection has changed the file. */
  #poll(): void {
    this.#timer = idleTimer(() => this.#poll(), this.#pollMs)
    try {
      const pragma = this.#database.prepare("PRAGMA data_version")
      const [row] = rows<{ data_version: number }>(pragma)
      if (row?.data_version === this.#dataVersion) return
      this.#dataVersion = row?.data_version
    } catch {
      // The reader that is called now reports the failure.
    }
    this.#changed()
  }

  #stopPolling(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  #changed(): void {
    for (const changed of this.#watches) queueMicrotask(changed)
  }

  #find(botIds: readonly number[]): readonly BotRow[] {
    const statement = this.#database.prepare(`SELECT ${columns} FROM bots WHERE bot_id = ?`)
    return botIds.flatMap((botId) => rows<StoredRow>(statement, botId).map(botRow))
  }

  #write(changed: readonly BotRow[]): void {
    const statement = this.#database.prepare(
      `INSERT OR REPLACE INTO bots (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const row of changed) statement.run(...valuesOf(row))
  }

  /** Runs a function in a transaction that excludes other writers. */
  #transact<T>(operation: () => T): Promise<T> {
    return this.#whenFree(() => {
      this.#database.exec("BEGIN IMMEDIATE")
      try {
        const result = operation()
        this.#database.exec("COMMIT")
        return result
      } catch (error) {
        rollBack(this.#database)
        throw error
      }
    })
  }

  /** Runs a function, and again while another process has locked the file. */
  async #whenFree<T>(operation: () => T): Promise<T> {
    const endMs = performance.now() + longestWaitMs
    for (;;) {
      if (this.#isClosed) throw closedError(this.#path)
      try {
        return operation()
      } catch (error) {
        // The error of a function that decides on a change comes from the program.
        if (error instanceof TypeError) throw error
        const failure = this.#toStorageError(error)
        if (failure.code !== "storage-locked" || performance.now() > endMs) throw failure
      }
      await sleep(retryEveryMs)
    }
  }

  #toStorageError(error: unknown): StorageError {
    return toStorageError(this.#path, error, "store of bots")
  }
}

/** Configures the connection, and creates the tables in an empty file. */
function prepare(database: SqliteDatabase, path: string): void {
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  database.exec("BEGIN IMMEDIATE")
  try {
    const [table] = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").all()
    if (table === undefined) database.exec(schema)
    else if (isStore(database) && pragma(database, "user_version") === 1)
      database.exec(migrationFrom1)
    database.exec("COMMIT")
  } catch (error) {
    rollBack(database)
    throw error
  }
  if (!isStore(database))
    throw new StorageError(
      "storage-corrupted",
      `${path} is a database, but not a store of bots of Sounder. Choose another \`path\``,
    )
  const version = pragma(database, "user_version")
  if (version > newestVersion)
    throw new StorageError(
      "storage-newer",
      `${path} was written by a newer Sounder (schema ${version}, this one knows ${newestVersion}). Install that ` +
        "version or a later one",
    )
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
}

function isStore(database: SqliteDatabase): boolean {
  return pragma(database, "application_id") === applicationId
}

function pragma(database: SqliteDatabase, name: string): number {
  const [row] = rows<Record<string, number>>(database.prepare(`PRAGMA ${name}`))
  return row?.[name] ?? 0
}

function closedError(path: string): StorageError {
  return new StorageError("storage-gone", `The store ${path} is closed`)
}

function botRow(row: StoredRow): BotRow {
  return {
    botId: row.bot_id,
    version: row.version,
    tokenVersion: row.token_version,
    sealedToken: row.sealed_token,
    kind: row.kind,
    data: row.data,
    // Only `valuesOf` writes this column.
    state: row.state as BotState,
    reason: row.reason,
    problem: row.problem,
    deletesWebhook: row.deletes_webhook === 1,
    deletesData: row.deletes_data === 1,
    changedAt: row.changed_at,
  }
}

/** Returns the values of a row in the order of `columns`. */
function valuesOf(row: BotRow): SqlValue[] {
  return [
    row.botId,
    row.version,
    row.tokenVersion,
    row.sealedToken,
    row.kind,
    row.data,
    row.state,
    row.reason,
    row.problem,
    row.deletesWebhook ? 1 : 0,
    row.changedAt,
    row.deletesData ? 1 : 0,
  ]
}
