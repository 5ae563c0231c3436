import { expectLimit } from "../list-limit.js"
import { existsSync } from "node:fs"
import {
  expectDurationMs,
  expectOptionsObject,
  type OptionNames,
} from "../../ground/expect-option.js"
import { silentLogger } from "../../ground/logger.js"
import { sleep } from "../../ground/sleep.js"
import { toDeadLetter } from "../set-aside-row.js"
import { toWaitingCall } from "../waiting-call-row.js"
import type {
  DeadLetter,
  QueueAdministration,
  QueueStatus,
  WaitingCall,
} from "../queue-administration.js"
import { StorageError } from "../storage-error.js"
import type { UpdateReference } from "../update-queue.js"
import { outboxCountSql, OutboxRows } from "./outbox-rows.js"
import { newestVersion, versionOf } from "./schema.js"
import { findSqlite, rows, type SqliteDatabase } from "./sqlite-driver.js"
import { toStorageError } from "./sqlite-failure.js"
import { SqliteQueue } from "./sqlite-queue.js"
import { expectPath } from "./sqlite-queue-options.js"
import { setAsideColumns, oldestPutAt } from "./statements.js"
import { type SetAsideBytes, setAsideRow } from "./stored-text.js"

/** The options of a {@link SqliteQueueFile}. */
export interface SqliteQueueFileOptions {
  /** The path of the queue's file, which must exist. */
  readonly path: string
  /**
   * The longest time for which `replay` and `drop` wait for a running bot, in milliseconds. Default:
   * 10,000.
   */
  readonly waitMs?: number
}

const optionNames: OptionNames<SqliteQueueFileOptions> = { path: true, waitMs: true }

/** The longest time for which a write waits for a write of the bot's process, in milliseconds. */
const busyTimeoutMs = 5_000
/** The time between two checks whether a request has been carried out, in milliseconds. */
const checkEveryMs = 50

type StatusRow = {
  readonly stored: number
  readonly running: number
  readonly deadLetters: number
  readonly timers: number
  readonly outbox: number
  readonly valueCount: number
  readonly oldest: number | null
}

/**
 * The query of `status`. Updates in workers' hands are near the start of the table, so that the first
 * 100,000 rows are searched and not millions.
 */
const statusSql = `SELECT stored,
  (SELECT count(*) FROM (SELECT attempt, due_at FROM updates ORDER BY sequence LIMIT 100000)
    WHERE attempt > 0 AND due_at <= ?) running,
  (SELECT count(*) FROM set_aside) deadLetters,
  (SELECT count(*) FROM timers) timers,
  (${outboxCountSql}) outbox,
  (SELECT count(*) FROM state) valueCount,
  ${oldestPutAt} oldest
  FROM totals`

/**
 * An operator's access to the file of a `SqliteQueue`, whether or not a bot runs the queue. `status` and
 * `setAside` only read. `replay` and `drop` are carried out by the process that runs the queue, which checks
 * for requests twice per second, or by this process if no process runs the queue.
 *
 * From outside, an update in a worker's hands looks like an update whose worker has crashed. `running`
 * counts both.
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
  #queue: SqliteQueue | undefined
  #runningChanges = 0

  /** Opens the file. Throws a {@link StorageError} if the file does not exist or cannot be read. */
  constructor(options: SqliteQueueFileOptions) {
    expectOptionsObject(options, "new SqliteQueueFile({ path })", optionNames)
    const path = (this.#path = expectPath(options.path))
    this.#waitMs = expectDurationMs("waitMs", options.waitMs ?? 10_000)
    if (!existsSync(path)) {
      throw new StorageError(
        "storage-failed",
        `There is no file ${path}. Check the path of the queue`,
      )
    }
    const database = (this.#database = this.#withStorageError(() => findSqlite()(path)))
    try {
      this.#withStorageError(() => prepare(database, path))
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** Returns the number of updates by their state. Rejects with a {@link StorageError}. */
  async status(): Promise<QueueStatus> {
    return this.#withStorageError(() => {
      const [row] = rows<StatusRow>(this.#database.prepare(statusSql), Date.now())
      const { stored = 0, running = 0, deadLetters = 0, timers = 0, oldest = null } = row ?? {}
      const { outbox = 0, valueCount: values = 0 } = row ?? {}
      return {
        waiting: stored - running,
        running,
        setAside: deadLetters,
        timers,
        outbox,
        values,
        ...(oldest !== null && { oldestPutAt: new Date(oldest) }),
      }
    })
  }

  /**
   * Returns the updates that were set aside, oldest first. Rejects with a {@link StorageError}.
   *
   * @param options.limit the maximum number of updates to return. Default: 100.
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<DeadLetter[]> {
    const limit = expectLimit(options, "setAside({ limit })")
    const sql = `SELECT ${setAsideColumns} FROM set_aside ORDER BY rowid LIMIT ?`
    const found = this.#withStorageError(() =>
      rows<SetAsideBytes>(this.#database.prepare(sql), limit),
    )
    return found.map((row) => toDeadLetter(setAsideRow(row)))
  }

  /**
   * Returns the promised calls that wait or are being made, oldest first. Rejects with a {@link StorageError}.
   *
   * @param options.limit the maximum number of calls to return. Default: 100.
   */
  async outbox(options: { readonly limit?: number } = {}): Promise<WaitingCall[]> {
    const limit = expectLimit(options, "outbox({ limit })")
    const calls = this.#withStorageError(() => new OutboxRows(this.#database).list(limit))
    return calls.map(toWaitingCall)
  }

  /**
   * Puts an update that was set aside back into its lane, behind all other updates and as attempt 1.
   * Returns false if no such update was set aside. Rejects with a {@link StorageError}, and has then
   * changed nothing.
   */
  replay(reference: UpdateReference): Promise<boolean> {
    return this.#perform("replay", reference)
  }

  /**
   * Deletes an update that was set aside. Returns false if no such update was set aside. Rejects with
   * a {@link StorageError}, and has then changed nothing.
   */
  drop(reference: UpdateReference): Promise<boolean> {
    return this.#perform("drop", reference)
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close()
  }

  async #perform(action: "replay" | "drop", reference: UpdateReference): Promise<boolean> {
    if (!this.#isSetAside(reference)) return false
    const queue = this.#openQueue()
    if (!queue) return this.#request(action, reference)
    this.#runningChanges += 1
    try {
      return await queue[action](reference)
    } finally {
      this.#runningChanges -= 1
      if (this.#runningChanges === 0) await this.#closeQueue(queue)
    }
  }

  /**
   * Opens the queue in this process. The queue stays open while this object has changes under way.
   * Returns `undefined` if another process runs the queue.
   */
  #openQueue(): SqliteQueue | undefined {
    try {
      return (this.#queue ??= new SqliteQueue({ path: this.#path, logger: silentLogger }))
    } catch (error) {
      if (error instanceof StorageError && error.code === "storage-in-use") return undefined
      throw error
    }
  }

  async #closeQueue(queue: SqliteQueue): Promise<void> {
    this.#queue = undefined
    await queue[Symbol.asyncDispose]()
  }

  async #request(action: "replay" | "drop", { botId, updateId }: UpdateReference): Promise<true> {
    const insert =
      "INSERT INTO requests (what, bot_id, update_id) VALUES (?, ?, ?) RETURNING number"
    const [request] = this.#withStorageError(() =>
      rows<{ number: number }>(this.#database.prepare(insert), action, botId, updateId),
    )
    const number = request?.number ?? 0
    const deadlineMs = performance.now() + this.#waitMs
    const pendingRequest = this.#database.prepare("SELECT 1 FROM requests WHERE number = ?")
    while (this.#withStorageError(() => pendingRequest.all(number).length > 0)) {
      if (performance.now() > deadlineMs && this.#withdraw(number)) throw this.#timedOut(action)
      await sleep(checkEveryMs)
    }
    return true
  }

  /** Withdraws a request. Returns false if the request has been carried out. */
  #withdraw(number: number): boolean {
    const sql = "DELETE FROM requests WHERE number = ?"
    return this.#withStorageError(() => Number(this.#database.prepare(sql).run(number).changes) > 0)
  }

  #timedOut(action: string): StorageError {
    return new StorageError(
      "storage-in-use",
      `The process that uses ${this.#path} did not carry out the ${action} within ${this.#waitMs} ms, ` +
        "and the request was withdrawn. That process may hang, or run an older Sounder: stop it, then try again",
    )
  }

  #isSetAside({ botId, updateId }: UpdateReference): boolean {
    const sql = "SELECT 1 FROM set_aside WHERE bot_id = ? AND update_id = ?"
    return this.#withStorageError(() => this.#database.prepare(sql).all(botId, updateId).length > 0)
  }

  #withStorageError<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw toStorageError(this.#path, error)
    }
  }
}

function prepare(database: SqliteDatabase, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
  const version = versionOf(database, path)
  if (version === newestVersion) return
  if (version === 0) {
    const message = `${path} is empty: no bot has stored an update in it. Check the path of the queue`
    throw new StorageError("storage-outdated", message)
  }
  throw new StorageError(
    "storage-outdated",
    `${path} was written by an older Sounder (schema ${version}, this one needs ${newestVersion}). ` +
      "Start the bot once with this version of Sounder, which migrates the file",
  )
}
