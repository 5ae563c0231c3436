import { errorText } from "../../ground/error-text.js"
import { StorageError, type StorageErrorCode } from "../storage-error.js"

/** The error code and the advice for each of SQLite's primary result codes. */
const causes: Readonly<Record<number, readonly [code: StorageErrorCode, advice: string]>> = {
  // SQLITE_BUSY
  5: ["storage-locked", "another program is writing to the file; end it"],
  // SQLITE_LOCKED
  6: ["storage-locked", "another program is writing to the file; end it"],
  // SQLITE_READONLY
  8: ["storage-read-only", "this user must be able to write to the file and to its folder"],
  // SQLITE_IOERR
  10: ["storage-failed", "the disk or the file system failed; check the disk and its free space"],
  // SQLITE_CORRUPT
  11: ["storage-corrupted", corrupted()],
  // SQLITE_FULL
  13: ["storage-full", "the disk is full; make room on it"],
  // SQLITE_CANTOPEN
  14: [
    "storage-failed",
    "the folder must exist, and this user must be able to write to it and to the database's files in it",
  ],
  // SQLITE_NOTADB
  26: ["storage-corrupted", corrupted()],
}

function corrupted(): string {
  return "the file is damaged, or is not a database of SQLite; move the file away (`sqlite3 FILE .recover` may save rows)"
}

/**
 * Converts an error of SQLite to a {@link StorageError}.
 *
 * @param path the file
 * @param kind the kind of the file, for the message. Default: "queue file".
 */
export function toStorageError(path: string, thrown: unknown, kind = "queue file"): StorageError {
  if (thrown instanceof StorageError) return thrown
  const text = errorText(thrown)
  const [code, advice] = causes[primaryCode(thrown, text)] ?? ["storage-failed", "see the cause"]
  return new StorageError(code, `The ${kind} ${path} could not be used: ${advice} (${text})`, {
    cause: thrown,
  })
}

/**
 * Returns the primary result code. Node's module has the code in `errcode`, libsql in `rawCode`. If
 * libsql cannot open a file, its error has no code and is recognized by its message.
 */
function primaryCode(thrown: unknown, text: string): number {
  const { errcode, rawCode } = (thrown ?? {}) as { errcode?: unknown; rawCode?: unknown }
  const code = typeof errcode === "number" ? errcode : rawCode
  // The low byte of an extended result code is the primary code.
  if (typeof code === "number") return code & 0xff
  return /unable to open/i.test(text) ? 14 : 0
}
