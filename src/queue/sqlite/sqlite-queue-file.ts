import { existsSync } from "node:fs"
import { expectDurationMs, expectInteger } from "../../ground/expect-option.js"
import { silentLogger } from "../../ground/logger.js"
import { sleep } from "../../ground/sleep.js"
import { keptAsideOf } from "../set-aside-row.js"
import type { KeptAside, QueueAdministration, QueueStatus } from "../queue-administration.js"
import { StorageError } from "../storage-error.js"
import type { UpdateReference } from "../update-queue.js"
import { newestVersion, versionOf } from "./schema.js"
import { findSqlite, rows, type SqliteDatabase } from "./sqlite-driver.js"
import { storageError } from "./sqlite-failure.js"
import { SqliteQueue } from "./sqlite-queue.js"
import { expectPath } from "./sqlite-queue-options.js"
import { keptColumns, oldestPutAt } from "./statements.js"
import { type KeptRow, keptUpdate } from "./stored-text.js"

/** What a {@link SqliteQueueFile} is told. */
export interface SqliteQueueFileOptions {
  /** The queue's file, which must be there. */
  readonly path: string
  /** How long a running bot may take to do what it is asked for, in milliseconds; 10,000 by default. */
  readonly waitMs?: number
}

/** How long a write waits for the one of the bot, in milliseconds. */
const patienceMs = 5_000
const lookEveryMs = 50

type StatusRow = {
  readonly stored: number
  readonly running: number
  readonly kept: number
  readonly oldest: number | null
}

/** Those that have been begun are looked for near the start: not all of millions are read. */
const statusSql = `SELECT stored,
  (SELECT count(*) FROM (SELECT attempt, due_at FROM updates ORDER BY sequence LIMIT 100000)
    WHERE attempt > 0 AND due_at <= ?) running,
  (SELECT count(*) FROM set_aside) kept,
  ${oldestPutAt} oldest
  FROM totals`

/**
 * The file of a `SqliteQueue`, looked at and looked after beside the process that works the queue, or
 * without one. `status` and `setAside` only read. `replay` and `drop` are done by the process that
 * works the queue, which looks for them twice a second, and here where there is none.
 *
 * From outside nobody can tell what is running from what was running when a process ended: `running`
 * counts what has been begun and has not ended.
 *
 * @example
 * ```ts
 * import { SqliteQueueFile } from "sounder/sqlite"
 *
 * await using file = new SqliteQueueFile({ path: "updates.db" })
 * const { waiting, setAside } = await file.status()
 * console.log({ waiting, setAside })
 * ```
 */
export class SqliteQueueFile implements QueueAdministration, AsyncDisposable {
  readonly #path: string
  readonly #waitMs: number
  readonly #database: SqliteDatabase
  #own: SqliteQueue | undefined
  #users = 0

  /** Opens the file. Throws a {@link StorageError} where there is none, or one that cannot be read. */
  constructor(options: SqliteQueueFileOptions) {
    const path = (this.#path = expectPath(options.path))
    this.#waitMs = expectDurationMs("waitMs", options.waitMs ?? 10_000)
    if (!existsSync(path)) {
      throw new StorageError(
        "storage-failed",
        `There is no file ${path}. Is that the queue's path?`,
      )
    }
    const database = (this.#database = this.#guard(() => findSqlite()(path)))
    try {
      this.#guard(() => prepare(database, path))
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** How many updates there are. Rejects with a {@link StorageError}. */
  async status(): Promise<QueueStatus> {
    return this.#guard(() => {
      const [row] = rows<StatusRow>(this.#database.prepare(statusSql), Date.now())
      const { stored = 0, running = 0, kept = 0, oldest = null } = row ?? {}
      return {
        waiting: stored - running,
        running,
        setAside: kept,
        ...(oldest !== null && { oldestPutAt: new Date(oldest) }),
      }
    })
  }

  /**
   * What was set aside, oldest first. Rejects with a {@link StorageError}.
   *
   * @param options.limit how many at most; 100 by default
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<KeptAside[]> {
    const limit = expectInteger("limit", options.limit ?? 100, 1, Number.MAX_SAFE_INTEGER)
    const sql = `SELECT ${keptColumns} FROM set_aside ORDER BY rowid LIMIT ?`
    const kept = this.#guard(() => rows<KeptRow>(this.#database.prepare(sql), limit))
    return kept.map((row) => keptAsideOf(keptUpdate(row)))
  }

  /**
   * Has what was set aside put into its lane again, behind all others, as attempt 1. Answers whether
   * it was there. Rejects with a {@link StorageError}, and has then changed nothing.
   */
  replay(reference: UpdateReference): Promise<boolean> {
    return this.#have("replay", reference)
  }

  /**
   * Has what was set aside forgotten. Answers whether it was there. Rejects with a
   * {@link StorageError}, and has then changed nothing.
   */
  drop(reference: UpdateReference): Promise<boolean> {
    return this.#have("drop", reference)
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close()
  }

  async #have(what: "replay" | "drop", reference: UpdateReference): Promise<boolean> {
    if (!this.#isThere(reference)) return false
    const queue = this.#ownQueue()
    if (!queue) return this.#ask(what, reference)
    this.#users += 1
    try {
      return await queue[what](reference)
    } finally {
      this.#users -= 1
      if (this.#users === 0) await this.#closeOwn(queue)
    }
  }

  /** The queue itself, where no other process works it; open for as long as it is used here. */
  #ownQueue(): SqliteQueue | undefined {
    try {
      return (this.#own ??= new SqliteQueue({ path: this.#path, logger: silentLogger }))
    } catch (error) {
      if (error instanceof StorageError && error.code === "storage-in-use") return undefined
      throw error
    }
  }

  async #closeOwn(queue: SqliteQueue): Promise<void> {
    this.#own = undefined
    await queue[Symbol.asyncDispose]()
  }

  async #ask(what: "replay" | "drop", { botId, updateId }: UpdateReference): Promise<true> {
    const insert =
      "INSERT INTO requests (what, bot_id, update_id) VALUES (?, ?, ?) RETURNING number"
    const [asked] = this.#guard(() =>
      rows<{ number: number }>(this.#database.prepare(insert), what, botId, updateId),
    )
    const number = asked?.number ?? 0
    const until = performance.now() + this.#waitMs
    const isOpen = this.#database.prepare("SELECT 1 FROM requests WHERE number = ?")
    while (this.#guard(() => isOpen.all(number).length > 0)) {
      if (performance.now() > until && this.#takeBack(number)) throw this.#notAnswered(what)
      await sleep(lookEveryMs)
    }
    return true
  }

  /** Whether it has not been done, and now will not be. */
  #takeBack(number: number): boolean {
    const sql = "DELETE FROM requests WHERE number = ?"
    return this.#guard(() => Number(this.#database.prepare(sql).run(number).changes) > 0)
  }

  #notAnswered(what: string): StorageError {
    return new StorageError(
      "storage-in-use",
      `The process that uses ${this.#path} has not done the ${what} within ${this.#waitMs} ms, and ` +
        "will not. It may hang, or be of an older version of Sounder: stop it, then try again",
    )
  }

  #isThere({ botId, updateId }: UpdateReference): boolean {
    const sql = "SELECT 1 FROM set_aside WHERE bot_id = ? AND update_id = ?"
    return this.#guard(() => this.#database.prepare(sql).all(botId, updateId).length > 0)
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw storageError(this.#path, error)
    }
  }
}

function prepare(database: SqliteDatabase, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${patienceMs}`)
  const version = versionOf(database, path)
  if (version === newestVersion) return
  throw new StorageError(
    "storage-outdated",
    `${path} was written by an older Sounder (schema ${version}, this one needs ${newestVersion}). ` +
      "Start the bot with this version once, which brings it up to date",
  )
}
