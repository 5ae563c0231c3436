import { closeSync, fdatasync, openSync } from "node:fs"
import { StorageError } from "../storage-error.js"
import { expectOneName, FilePlaces, makePrivate, realPath } from "./file-places.js"
import { migrate } from "./schema.js"
import { findSqlite, type OpenDatabase, rows, type SqliteDatabase } from "./sqlite-driver.js"
import { storageError } from "./sqlite-failure.js"

/** How long a write waits for another program that writes, in milliseconds. Nothing else runs then. */
const patienceMs = 100

/** How long the lock is waited for: others hold it for a moment to see whether the queue is used. */
const lockPatienceMs = 50

/** The open file of a queue. */
export interface QueueFile {
  readonly database: SqliteDatabase
  /** Resolves when all that was committed before the call is on disk. */
  sync(): Promise<void>
  /** Copies the log into the database, synced, and empties it. Throws where not all can be copied. */
  copyLog(): void
  /** Why what is written now would not be found by the next start; `undefined` where it would. */
  whyGone(): StorageError | undefined
  /** Closes it, and lets another process open it. */
  close(): void
}

/**
 * Opens the file of a queue for this process alone, creates it or brings it to the newest version.
 * Throws a {@link StorageError} that says what to do.
 *
 * The operating system keeps the lock, on a file beside the queue, and frees it however the process
 * ends. Other programs can read the queue meanwhile.
 */
export function openQueueFile(given: string): QueueFile {
  const open = findSqlite()
  const path = realPath(given)
  const lock = lockFor(path, open)
  let database: SqliteDatabase | undefined
  try {
    makePrivate(path)
    expectOneName(path)
    const opened = (database = open(path))
    prepare(opened, path)
    const log = openSync(`${path}-wal`, "r+")
    const places = new FilePlaces(path, log, [`${path}-wal`, `${path}-shm`, `${path}.lock`])
    return {
      database: opened,
      sync: () => synced(log),
      copyLog: () => copyLog(opened),
      whyGone: () => places.whyGone(),
      close: () => {
        closeSync(log)
        closeAll(opened, lock)
      },
    }
  } catch (error) {
    closeAll(database, lock)
    throw storageError(path, error)
  }
}

/** SQLite would sync the log itself, but let this process do nothing else meanwhile. */
function synced(log: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(log, (error) => (error ? reject(error) : resolve()))
  })
}

function copyLog(database: SqliteDatabase): void {
  const [row] = rows<{ busy: number }>(database.prepare("PRAGMA wal_checkpoint(TRUNCATE)"))
  if (row?.busy !== 0)
    throw new Error("Another program reads the file, so its log cannot be emptied")
}

function lockFor(path: string, open: OpenDatabase): SqliteDatabase {
  let lock: SqliteDatabase | undefined
  try {
    makePrivate(`${path}.lock`)
    lock = open(`${path}.lock`)
    lock.exec(`PRAGMA busy_timeout = ${lockPatienceMs}`)
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
    return lock
  } catch (cause) {
    lock?.close()
    const error = storageError(path, cause)
    throw error.code === "storage-locked" ? inUse(path, cause) : error
  }
}

function inUse(path: string, cause: unknown): StorageError {
  return new StorageError(
    "storage-in-use",
    `Another process, or another queue of this one, uses ${path}. Stop it, or give each its own ` +
      "file; several processes share a PostgresQueue",
    { cause },
  )
}

/**
 * A commit survives the end of this process, and a loss of power when the log has been synced: that is
 * the queue's to do.
 */
function prepare(database: SqliteDatabase, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${patienceMs}`)
  const [mode] = database.prepare("PRAGMA journal_mode = WAL").all()
  if ((mode as { journal_mode?: unknown } | undefined)?.journal_mode !== "wal") {
    throw new StorageError(
      "storage-failed",
      `${path} cannot have a write-ahead log. Choose a file on a local disk`,
    )
  }
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000")
  database.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216")
  migrate(database, path)
  // SQLite opens what it may only read without a word.
  database.exec("UPDATE totals SET stored = stored")
}

function closeAll(database: SqliteDatabase | undefined, lock: SqliteDatabase): void {
  try {
    // The log is emptied here: libsql keeps a file open until its statements are collected.
    database?.exec("PRAGMA wal_checkpoint(TRUNCATE)")
  } catch {
    // What is in the log stays there, and is read from there at the next start.
  }
  try {
    database?.close()
  } finally {
    lock.close()
  }
}
