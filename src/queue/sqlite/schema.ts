import { StorageError } from "../storage-error.js"
import { rows, type SqliteDatabase } from "./sqlite-driver.js"

/** `SNDR`: tells a queue's file from any other SQLite file. */
const applicationId = 0x534e4452

/**
 * What makes a file of each version into one of the next; the first begins with an empty file.
 *
 * `updates` holds what waits or is being handled, in the order of the puts. `ids` knows every update
 * that was put: without `handled_at` it is in `updates`, else it was handled then. No index follows
 * the lanes, so that the price of a put does not depend on how many there are; the one by bot holds
 * the sequences of each bot in their order. A sequence below 0 is that of an update that came early
 * and whose turn has not come. `trial` has a row that was written to see whether one can be.
 */
const migrations: readonly string[] = [
  `CREATE TABLE updates (
     sequence INTEGER PRIMARY KEY,
     bot_id INTEGER NOT NULL,
     update_id INTEGER NOT NULL,
     lane TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     due_at INTEGER NOT NULL,
     put_at INTEGER NOT NULL,
     body TEXT NOT NULL
   );
   CREATE TABLE ids (
     bot_id INTEGER NOT NULL,
     update_id INTEGER NOT NULL,
     handled_at INTEGER,
     PRIMARY KEY (bot_id, update_id)
   ) WITHOUT ROWID;
   CREATE TABLE set_aside (
     bot_id INTEGER NOT NULL,
     update_id INTEGER NOT NULL,
     lane TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     set_aside_at INTEGER NOT NULL,
     error TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (bot_id, update_id)
   );
   CREATE TABLE totals (stored INTEGER NOT NULL);
   INSERT INTO totals VALUES (0);`,
  `CREATE INDEX updates_of_bot ON updates (bot_id);
   CREATE TABLE requests (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     what TEXT NOT NULL,
     bot_id INTEGER NOT NULL,
     update_id INTEGER NOT NULL
   );`,
  // Since this version updates that came early have places below 0: an older one would not find them.
  "CREATE TABLE trial (body BLOB NOT NULL);",
]

/**
 * Brings a file to the newest version, all steps in one transaction. Refuses one that is newer, and
 * one that is no queue.
 *
 * @param steps those of this version by default
 */
export function migrate(
  database: SqliteDatabase,
  path: string,
  steps: readonly string[] = migrations,
): void {
  const version = versionOf(database, path, steps)
  if (version === steps.length) return
  const header = `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length};`
  try {
    database.exec("BEGIN IMMEDIATE")
    for (const sql of steps.slice(version)) database.exec(sql)
    database.exec(header)
    database.exec("COMMIT")
  } catch (error) {
    database.exec("ROLLBACK")
    throw error
  }
}

/**
 * The version of a file. Refuses one that is newer, and one that is no queue.
 *
 * @param steps those of this version by default
 */
export function versionOf(
  database: SqliteDatabase,
  path: string,
  steps: readonly string[] = migrations,
): number {
  const version = pragma(database, "user_version")
  expectQueue(database, path, version)
  if (version > steps.length) throw newer(path, version, steps.length)
  return version
}

/** The newest version. */
export const newestVersion = migrations.length

function expectQueue(database: SqliteDatabase, path: string, version: number): void {
  const [table] = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").all()
  const isEmpty = table === undefined && version === 0
  if (isEmpty || pragma(database, "application_id") === applicationId) return
  throw new StorageError(
    "storage-corrupted",
    `${path} is a database, but no queue of Sounder. Choose another \`path\``,
  )
}

function newer(path: string, version: number, known: number): StorageError {
  return new StorageError(
    "storage-newer",
    `${path} was written by a newer Sounder (schema ${version}, this one knows ${known}). ` +
      "Install that version or a later one, or let it work the queue off first",
  )
}

function pragma(database: SqliteDatabase, name: string): number {
  const [row] = rows<Record<string, number>>(database.prepare(`PRAGMA ${name}`))
  return row?.[name] ?? 0
}
