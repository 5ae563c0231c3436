import { ManyRows } from "./many-rows.js"
import type { SqliteDatabase, SqliteStatement } from "./sqlite-driver.js"

/** The columns of an update that was set aside. */
export const setAsideColumns = `bot_id botId, update_id updateId, ${asBytes("lane")}, attempt,
  set_aside_at setAsideAt, ${asBytes("error")}, ${asBytes("body")}`

/** The columns of an update for a take. */
const takenColumns = `sequence, update_id updateId, attempt, put_at receivedAt, ${asBytes("body")}`

/**
 * The time of the oldest put. The sequences of parked updates, below 0, do not follow the order of the
 * puts, so that these updates are searched only if there is no other update.
 */
export const oldestPutAt = `coalesce(
  (SELECT put_at FROM updates WHERE sequence > 0 ORDER BY sequence LIMIT 1),
  (SELECT min(put_at) FROM updates WHERE sequence < 0))`

/** The statements about one update, or about the whole table. */
const singleTexts = {
  totals: `SELECT stored, own_id ownId, (SELECT max(sequence) FROM updates) last,
    (SELECT min(sequence) FROM updates) first FROM totals`,
  count: "SELECT count(*) stored FROM updates",
  total: "UPDATE totals SET stored = ?",
  ownId: "UPDATE totals SET own_id = ?",
  // The ids of own updates are below 0.
  highest: "SELECT max(update_id) id FROM ids WHERE bot_id = ? AND update_id >= 0",
  // Changes no row if the id is known. An id that was handled too long ago counts as new.
  claim: `INSERT INTO ids (bot_id, update_id) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET handled_at = NULL WHERE handled_at < ?`,
  // Only for updates whose ids are above all ids of their bots: no conflict is possible.
  claimFrom: `INSERT INTO ids (bot_id, update_id)
    SELECT bot_id, update_id FROM updates WHERE sequence >= ?`,
  known: `SELECT 1 FROM ids
    WHERE bot_id = ? AND update_id = ? AND (handled_at IS NULL OR handled_at >= ?)`,
  ahead: `SELECT ${takenColumns} FROM updates WHERE sequence > ? ORDER BY sequence LIMIT ?`,
  parked: "SELECT sequence FROM updates WHERE sequence < 0 ORDER BY bot_id, update_id",
  unpark: "UPDATE updates SET sequence = ? WHERE sequence = ?",
  uncount: "UPDATE updates SET attempt = attempt - 1 WHERE sequence = ?",
  delay: "UPDATE updates SET due_at = ? WHERE sequence = ?",
  places: `SELECT sequence, bot_id botId, ${asBytes("lane")}, due_at dueAt FROM updates
    WHERE bot_id = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?`,
  lanes: `SELECT bot_id botId, ${asBytes("lane")}, count(*) count FROM updates
    GROUP BY updates.bot_id, updates.lane`,
  nextBot: "SELECT min(bot_id) botId FROM updates WHERE bot_id > ?",
  oldest: `SELECT ${oldestPutAt} putAt`,
  replay: `INSERT INTO updates (sequence, bot_id, update_id, lane, attempt, due_at, put_at, body)
    SELECT ?, bot_id, update_id, lane, 0, 0, ?, body FROM set_aside
    WHERE bot_id = ? AND update_id = ?`,
  clearTrial: "DELETE FROM trial",
  trial: "INSERT INTO trial VALUES (zeroblob(?))",
  pruneEnd: `SELECT bot_id botId, update_id updateId FROM ids
    WHERE (bot_id, update_id) > (?, ?) ORDER BY bot_id, update_id LIMIT 1 OFFSET ?`,
  prune: `DELETE FROM ids
    WHERE (bot_id, update_id) > (?, ?) AND (bot_id, update_id) <= (?, ?) AND handled_at < ?`,
} as const

/** The statements about several updates. */
const manyTexts = {
  // Each bound value costs time. Values that follow from others, such as the later sequences, are not
  // bound.
  updates: (count: number) =>
    `INSERT INTO updates (sequence, bot_id, update_id, lane, attempt, due_at, put_at, body)
      VALUES ${Array.from({ length: count }, (_, row) => updateRow(row)).join(", ")}`,
  attempts: (count: number) =>
    `UPDATE updates SET attempt = attempt + 1 WHERE sequence IN (${listOf("?", count)})`,
  read: (count: number) =>
    `UPDATE updates SET attempt = attempt + 1 WHERE sequence IN (${listOf("?", count)})
      RETURNING ${takenColumns}`,
  existing: (count: number) =>
    `SELECT sequence FROM updates WHERE sequence IN (${listOf("?", count)})`,
  remove: (count: number) => `DELETE FROM updates WHERE sequence IN (${listOf("?", count)})`,
  handled: (count: number) =>
    `UPDATE ids SET handled_at = ? WHERE bot_id = ? AND update_id IN (${listOf("?", count)})`,
} as const

/** The statements about updates that were set aside, and about the requests of other processes. */
const setAsideTexts = {
  add: `INSERT OR REPLACE INTO set_aside
    SELECT bot_id, update_id, lane, attempt, ?, ?, body FROM updates WHERE sequence = ?`,
  list: `SELECT ${setAsideColumns} FROM set_aside ORDER BY rowid LIMIT ?`,
  count: "SELECT count(*) count FROM set_aside",
  lane: `SELECT ${asBytes("lane")} FROM set_aside WHERE bot_id = ? AND update_id = ?`,
  drop: "DELETE FROM set_aside WHERE bot_id = ? AND update_id = ?",
  reclaim: `INSERT INTO ids (bot_id, update_id) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET handled_at = NULL`,
  dataVersion: "PRAGMA data_version",
  requests: `SELECT number, what = 'replay' isReplay, bot_id botId, update_id updateId
    FROM requests ORDER BY number`,
  answered: "DELETE FROM requests WHERE number <= ?",
} as const

/** The statements about the whole table `state`. */
const stateTexts = {
  lastVersion: "SELECT state_version version FROM totals",
  version: "UPDATE totals SET state_version = ?",
  count: "SELECT count(*) count FROM state",
  nextExpiry: `SELECT expires_at at FROM state
    WHERE expires_at IS NOT NULL ORDER BY expires_at LIMIT 1`,
  sweep: `DELETE FROM state WHERE rowid IN
    (SELECT rowid FROM state WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
} as const

/** The statements about several values of `state`. `read` and `versions` skip expired values. */
const manyStateTexts = {
  read: (count: number) =>
    currentValues(`version, expires_at expiresAt, ${asBytes("json")}`, count),
  versions: (count: number) => currentValues("version", count),
  // The versions of the rows are consecutive, so that only the first version is bound.
  set: (count: number) => `INSERT INTO state (bot_id, space, key, version, expires_at, json)
    VALUES ${Array.from({ length: count }, (_, row) => stateRow(row)).join(", ")}
    ON CONFLICT DO UPDATE
    SET version = excluded.version, expires_at = excluded.expires_at, json = excluded.json`,
  // SQLite before 3.46 would search all values of the bot for a list of keys after `IN`.
  remove: (count: number) => `WITH ${wantedKeys(1, count)} DELETE FROM state WHERE rowid IN
    (SELECT state.rowid FROM wanted CROSS JOIN state USING (bot_id, space, key))`,
} as const

/** The statements about the table `timers`. */
const timerTexts = {
  cancel: "DELETE FROM timers WHERE bot_id = ? AND name = ?",
  add: "INSERT INTO timers (bot_id, name, due_at, own) VALUES (?, ?, ?, ?)",
  due: `SELECT number, bot_id botId, ${asBytes("own")} FROM timers
    WHERE due_at <= ? ORDER BY due_at, number LIMIT ?`,
  remove: "DELETE FROM timers WHERE number = ?",
  setAside: `INSERT INTO set_aside (bot_id, update_id, lane, attempt, set_aside_at, error, body)
    VALUES (?, ?, 'timer', 0, ?, ?, ?)`,
  count: "SELECT count(*) count FROM timers",
  next: "SELECT due_at dueAt FROM timers ORDER BY due_at LIMIT 1",
} as const

const transactionTexts = { begin: "BEGIN IMMEDIATE", commit: "COMMIT" } as const

type Prepared<Texts> = Readonly<Record<keyof Texts, SqliteStatement>>

/** The prepared statements about updates. */
export interface UpdateStatements {
  readonly single: Prepared<typeof singleTexts>
  readonly many: Readonly<Record<keyof typeof manyTexts, ManyRows>>
}

/** Prepares the statements about updates. */
export function updateStatements(database: SqliteDatabase): UpdateStatements {
  return {
    single: prepared(database, singleTexts),
    many: mapped(manyTexts, (sqlFor) => new ManyRows(database, sqlFor)),
  }
}

/** Prepares the statements about updates that were set aside, and about requests. */
export function setAsideStatements(database: SqliteDatabase): Prepared<typeof setAsideTexts> {
  return prepared(database, setAsideTexts)
}

/** The prepared statements about timers. */
export type TimerStatements = Prepared<typeof timerTexts>

/** Prepares the statements about timers. */
export function timerStatements(database: SqliteDatabase): TimerStatements {
  return prepared(database, timerTexts)
}

/** The prepared statements about values of `state`. */
export interface StateStatements {
  readonly single: Prepared<typeof stateTexts>
  readonly many: Readonly<Record<keyof typeof manyStateTexts, ManyRows>>
}

/** Prepares the statements about values of `state`. */
export function stateStatements(database: SqliteDatabase): StateStatements {
  return {
    single: prepared(database, stateTexts),
    many: mapped(manyStateTexts, (sqlFor) => new ManyRows(database, sqlFor)),
  }
}

/** Prepares the statements that begin and commit a transaction. */
export function transactionStatements(database: SqliteDatabase): Prepared<typeof transactionTexts> {
  return prepared(database, transactionTexts)
}

function prepared<Texts extends Readonly<Record<string, string>>>(
  database: SqliteDatabase,
  texts: Texts,
): Prepared<Texts> {
  return mapped<keyof Texts & string, string, SqliteStatement>(texts, (text) =>
    database.prepare(text),
  ) as Prepared<Texts>
}

function mapped<Name extends string, From, To>(
  from: Readonly<Record<Name, From>>,
  change: (value: From) => To,
): Readonly<Record<Name, To>> {
  const entries = Object.entries<From>(from).map(([name, value]) => [name, change(value)])
  // The keys are those of `from`.
  return Object.fromEntries(entries) as Record<Name, To>
}

/**
 * Returns the SQL of a text column that is read as bytes. libsql ends the process at a text that is not
 * UTF-8, and a damaged file may have such a text.
 */
export function asBytes(column: string): string {
  return `CAST(${column} AS BLOB) ${column}`
}

/** Returns the SQL of a list with `count` copies of `part`. */
function listOf(part: string, count: number): string {
  return Array(count).fill(part).join(", ")
}

/**
 * Returns the SQL of one row of an insert into `updates`. ?1 is the sequence of the first row and ?2
 * the time of the put; each row has four values of its own.
 */
function updateRow(row: number): string {
  const [bot, id, lane, body] = [3, 4, 5, 6].map((number) => number + 4 * row)
  return `(?1 + ${row}, ?${bot}, ?${id}, ?${lane}, 0, 0, ?2, ?${body})`
}

/**
 * Returns the SQL of one row of an insert into `state`. ?1 is the version of the first row; each row
 * has five values of its own.
 */
function stateRow(row: number): string {
  const [bot, space, key, expiresAt, json] = [2, 3, 4, 5, 6].map((number) => number + 5 * row)
  return `(?${bot}, ?${space}, ?${key}, ?1 + ${row}, ?${expiresAt}, ?${json})`
}

/**
 * Returns the SQL that selects columns of the values that have not expired at the time ?1. Each row of
 * the result has the `place` that is bound with its key.
 */
function currentValues(columns: string, count: number): string {
  return `WITH ${wantedKeys(2, count)} SELECT place, ${columns}
    FROM wanted CROSS JOIN state USING (bot_id, space, key)
    WHERE expires_at IS NULL OR expires_at > ?1`
}

/** Returns the SQL of the table `wanted`. Each key has four parameters, which are numbered from `first`. */
function wantedKeys(first: number, count: number): string {
  const keys = Array.from({ length: count }, (_, row) => {
    const [place, bot, space, key] = [0, 1, 2, 3].map((number) => first + number + 4 * row)
    return `(?${place}, ?${bot}, ?${space}, ?${key})`
  })
  return `wanted (place, bot_id, space, key) AS (VALUES ${keys.join(", ")})`
}
