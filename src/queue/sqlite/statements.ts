import type { SqliteDatabase, SqliteStatement } from "./sqlite-driver.js"

/** The columns of what was set aside. */
export const keptColumns =
  "bot_id botId, update_id updateId, lane, attempt, set_aside_at setAsideAt, error, body"

/** All that is ever asked of the file, each prepared once. */
const texts = {
  totals: "SELECT stored, (SELECT max(sequence) FROM updates) last FROM totals",
  total: "UPDATE totals SET stored = ?",
  // Changes nothing where the id is known.
  claim: `INSERT INTO ids (bot_id, update_id) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET handled_at = NULL WHERE handled_at < ?`,
  known: `SELECT 1 FROM ids
    WHERE bot_id = ? AND update_id = ? AND (handled_at IS NULL OR handled_at >= ?)`,
  add: `INSERT INTO updates (sequence, bot_id, update_id, lane, attempt, due_at, put_at, body)
    VALUES (?, ?, ?, ?, 0, 0, ?, ?)`,
  move: "UPDATE updates SET sequence = ? WHERE sequence = ?",
  attempt: `UPDATE updates SET attempt = attempt + 1 WHERE sequence = ?
    RETURNING attempt, put_at receivedAt, body`,
  uncount: "UPDATE updates SET attempt = attempt - 1 WHERE sequence = ?",
  delay: "UPDATE updates SET due_at = ? WHERE sequence = ?",
  remove: "DELETE FROM updates WHERE sequence = ?",
  handled: "UPDATE ids SET handled_at = ? WHERE bot_id = ? AND update_id = ?",
  places: `SELECT sequence, bot_id botId, lane, due_at dueAt FROM updates
    WHERE bot_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  nextBot: "SELECT min(bot_id) botId FROM updates WHERE bot_id > ?",
  oldest: "SELECT put_at putAt FROM updates ORDER BY sequence LIMIT 1",
  keep: `INSERT OR REPLACE INTO set_aside
    SELECT bot_id, update_id, lane, attempt, ?, ?, body FROM updates WHERE sequence = ?`,
  kept: `SELECT ${keptColumns} FROM set_aside ORDER BY rowid LIMIT ?`,
  keptCount: "SELECT count(*) count FROM set_aside",
  drop: `DELETE FROM set_aside WHERE bot_id = ? AND update_id = ? RETURNING ${keptColumns}`,
  reclaim: `INSERT INTO ids (bot_id, update_id) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET handled_at = NULL`,
  dataVersion: "PRAGMA data_version",
  requests: "SELECT number, what, bot_id botId, update_id updateId FROM requests ORDER BY number",
  answered: "DELETE FROM requests WHERE number <= ?",
  pruneEnd: `SELECT bot_id botId, update_id updateId FROM ids
    WHERE (bot_id, update_id) > (?, ?) ORDER BY bot_id, update_id LIMIT 1 OFFSET ?`,
  prune: `DELETE FROM ids
    WHERE (bot_id, update_id) > (?, ?) AND (bot_id, update_id) <= (?, ?) AND handled_at < ?`,
} as const

/** The prepared statements, by name. */
export type Statements = Readonly<Record<keyof typeof texts, SqliteStatement>>

/** Prepares all. */
export function statementsOf(database: SqliteDatabase): Statements {
  const entries = Object.entries(texts).map(([name, text]) => [name, database.prepare(text)])
  // The keys are those of `texts`.
  return Object.fromEntries(entries) as Statements
}
