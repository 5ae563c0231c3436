import { rollBack } from "./roll-back.js"
import { StorageError } from "../storage-error.js"
import { rows, type SqliteDatabase } from "./sqlite-driver.js"

/**
 * The `application_id` of a queue's file, `SNDR` in ASCII, by which the queue recognizes its own
 * files.
 */
const applicationId = 0x534e4452

/**
 * The SQL that migrates a file from each version to the next, beginning with an empty file.
 *
 * - `updates`: the updates that wait or are in workers' hands, in the order of their puts. A sequence below 0
 *   marks a parked update, which is not in its lane yet. `due_at` is the earliest time of the next attempt,
 *   in milliseconds since 1970; 0 if the update need not wait.
 * - `ids`: the ids of all updates that were put. `handled_at` is NULL while the update is in `updates`;
 *   otherwise it is the time when the update was handled.
 * - `set_aside`: the dead letters. `attempt` is the number of the last attempt.
 * - `totals`: one row with the number of rows in `updates`, so that no count of the table is needed, and with
 *   the last version of a value in `state`, which grows even when values are deleted.
 * - `requests`: the requests of other processes to replay or to drop a dead letter. `what` is `replay` or
 *   `drop`.
 * - `trial`: a row that tests whether the disk accepts a write.
 * - `state`: the values that handlers store. `expires_at` is the time from which a value counts as deleted,
 *   in milliseconds since 1970; NULL for none.
 * - `timers`: the own updates that wait for their time. `own` is the content as JSON text, and `name` the
 *   name by which the timer can be replaced; NULL for none. `own_id` in `totals` is the id of the last own
 *   update: these ids descend from -1.
 *
 * No index contains the lane, so that the cost of a put does not grow with the number of lanes. The index
 * `updates_of_bot` contains each bot's sequences in order.
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
  // From this version on, parked updates have sequences below 0. An older Sounder would not find these
  // updates, and therefore refuses a file of this version.
  "CREATE TABLE trial (body BLOB NOT NULL);",
  `CREATE TABLE state (
     bot_id INTEGER NOT NULL,
     space TEXT NOT NULL,
     key TEXT NOT NULL,
     version INTEGER NOT NULL,
     expires_at INTEGER,
     json TEXT NOT NULL,
     PRIMARY KEY (bot_id, space, key)
   );
   CREATE INDEX expiring_state ON state (expires_at) WHERE expires_at IS NOT NULL;
   ALTER TABLE totals ADD COLUMN state_version INTEGER NOT NULL DEFAULT 0;`,
  `CREATE TABLE timers (
     number INTEGER PRIMARY KEY,
     bot_id INTEGER NOT NULL,
     name TEXT,
     due_at INTEGER NOT NULL,
     own TEXT NOT NULL
   );
   CREATE UNIQUE INDEX named_timers ON timers (bot_id, name) WHERE name IS NOT NULL;
   CREATE INDEX due_timers ON timers (due_at);
   ALTER TABLE totals ADD COLUMN own_id INTEGER NOT NULL DEFAULT 0;`,
  // For the outbox. Updates of Telegram have no entry in this index.
  "CREATE INDEX own_updates ON updates (sequence) WHERE update_id < 0;",
]

/**
 * Migrates a file to the newest version, in one transaction. Throws a `StorageError` if the file has a
 * newer version, or is not a queue.
 *
 * @param steps the migrations. Default: those of this version.
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
    rollBack(database)
    throw error
  }
}

/**
 * Returns the version of a file. Throws a `StorageError` if the version is newer than this program's,
 * or if the file is no queue.
 *
 * @param steps the migrations. Default: those of this version.
 */
export function versionOf(
  database: SqliteDatabase,
  path: string,
  steps: readonly string[] = migrations,
): number {
  const version = pragma(database, "user_version")
  expectQueue(database, path, version)
  if (version > steps.length) throw newerError(path, version, steps.length)
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
    `${path} is a database, but not a queue of Sounder. Choose another \`path\``,
  )
}

function newerError(path: string, version: number, known: number): StorageError {
  return new StorageError(
    "storage-newer",
    `${path} was written by a newer Sounder (schema ${version}, this one knows ${known}). ` +
      "Install that version or a later one, or let that version handle all waiting updates first",
  )
}

function pragma(database: SqliteDatabase, name: string): number {
  const [row] = rows<Record<string, number>>(database.prepare(`PRAGMA ${name}`))
  return row?.[name] ?? 0
}
