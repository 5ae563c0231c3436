import { closeSync, fdatasync, openSync } from "node:fs"
import { StorageError } from "../storage-error.js"
import { expectNoHardLinks, FilePlaces, makePrivate, realPath } from "./file-places.js"
import { migrate } from "./schema.js"
import { findSqlite, type OpenDatabase, rows, type SqliteDatabase } from "./sqlite-driver.js"
import { toStorageError } from "./sqlite-failure.js"

/**
 * The longest time for which a write waits for another program's write, in milliseconds. The wait
 * blocks the event loop.
 */
const busyTimeoutMs = 100

/**
 * The longest time for which an open waits for the lock, in milliseconds. A process that only checks
 * whether the queue is in use holds the lock for a moment.
 */
const lockTimeoutMs = 50

/** The open file of a queue. */
export interface QueueFile {
  readonly database: SqliteDatabase
  /** Resolves when every transaction that was committed before the call is on disk. */
  sync(): Promise<void>
  /**
   * Checkpoints the write-ahead log: copies the log into the database file, syncs this file, and
   * empties the log. Throws if another program still reads from the log.
   */
  copyLog(): void
  /**
   * Returns an error if the next start would not find the writes of this process; otherwise
   * `undefined`.
   */
  goneError(): StorageError | undefined
  /** Closes the file and frees the lock. */
  close(): void
}

/**
 * Opens the file of a queue and locks out other processes that would open it as a queue. Creates the
 * file, or migrates an older one to the newest schema. Throws a {@link StorageError} with advice.
 *
 * The operating system keeps the lock, on a second file next to the queue's, and frees the lock however
 * the process ends. Other programs can still read the queue.
 */
export function openQueueFile(configuredPath: string): QueueFile {
  const open = findSqlite()
  const path = realPath(configuredPath)
  const lock = lockFor(path, open)
  let database: SqliteDatabase | undefined
  try {
    makePrivate(path)
    expectNoHardLinks(path)
    const opened = (database = open(path))
    prepare(opened, path)
    const log = openSync(`${path}-wal`, "r+")
    const places = new FilePlaces(path, log, [`${path}-wal`, `${path}-shm`, `${path}.lock`])
    return {
      database: opened,
      sync: () => synced(log),
      copyLog: () => copyLog(opened),
      goneError: () => places.goneError(),
      close: () => {
        closeSync(log)
        closeAll(opened, lock)
      },
    }
  } catch (error) {
    closeAll(database, lock)
    throw toStorageError(path, error)
  }
}

/** Syncs the log. SQLite's own sync would block the event loop. */
function synced(log: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(log, (error) => (error ? reject(error) : resolve()))
  })
}

function copyLog(database: SqliteDatabase): void {
  const [row] = rows<{ busy: number }>(database.prepare("PRAGMA wal_checkpoint(TRUNCATE)"))
  if (row?.busy !== 0)
    throw new Error("Another program reads the file, so that its log cannot be emptied")
}

function lockFor(path: string, open: OpenDatabase): SqliteDatabase {
  let lock: SqliteDatabase | undefined
  try {
    makePrivate(`${path}.lock`)
    lock = open(`${path}.lock`)
    lock.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`)
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
    return lock
  } catch (cause) {
    lock?.close()
    const error = toStorageError(path, cause)
    throw error.code === "storage-locked" ? inUse(path, cause) : error
  }
}

function inUse(path: string, cause: unknown): StorageError {
  return new StorageError(
    "storage-in-use",
    `Another process, or another queue of this process, uses ${path}. Stop the other one (such as \`sounder dev\`), or give each ` +
      "queue its own file; several processes share a PostgresQueue",
    { cause },
  )
}

/**
 * Configures the connection. With these settings a commit survives the end of the process, and survives
 * a loss of power only after the queue itself has synced the log.
 */
function prepare(database: SqliteDatabase, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
  const [mode] = database.prepare("PRAGMA journal_mode = WAL").all()
  if ((mode as { journal_mode?: unknown } | undefined)?.journal_mode !== "wal") {
    throw new StorageError(
      "storage-failed",
      `${path} cannot have a write-ahead log. Choose a file on a local disk`,
    )
  }
  // A cache of 32,000 KiB; a checkpoint after 4,000 pages of log; at most 16 MiB of an emptied log
  // stay on disk.
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000")
  database.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216")
  migrate(database, path)
  // SQLite opens a read-only file without an error. A write reveals the fault now.
  database.exec("UPDATE totals SET stored = stored")
}

function closeAll(database: SqliteDatabase | undefined, lock: SqliteDatabase): void {
  try {
    // The log is emptied here, because libsql keeps the file open until its statements are
    // garbage-collected.
    database?.exec("PRAGMA wal_checkpoint(TRUNCATE)")
  } catch {
    // The next start reads the log.
  }
  try {
    database?.close()
  } finally {
    lock.close()
  }
}
