import { outboxLanePrefix } from "../../telegram/promised-call.js"
import type { WaitingCallRow } from "../waiting-call-row.js"
import { rows, type SqlAnswer, type SqliteDatabase, type SqliteStatement } from "./sqlite-driver.js"
import { asBytes } from "./statements.js"
import { columnText } from "./stored-text.js"

/** The promised calls among the updates. The condition on the id lets SQLite use the index `own_updates`. */
const promisedCalls = `FROM updates
  WHERE update_id < 0 AND substr(lane, 1, ${outboxLanePrefix.length}) = '${outboxLanePrefix}'`

/** The query for the number of promised calls. */
export const outboxCountSql = `SELECT count(*) ${promisedCalls}`

/** A {@link WaitingCallRow} as SQLite returns it, with its texts as bytes. */
type WaitingCallBytes = Omit<WaitingCallRow, "lane" | "body"> &
  Readonly<Record<"lane" | "body", SqlAnswer>>

/** The promised calls in the table `updates`. */
export class OutboxRows {
  readonly #list: SqliteStatement
  readonly #count: SqliteStatement

  constructor(database: SqliteDatabase) {
    this.#count = database.prepare(`SELECT (${outboxCountSql}) count`)
    this.#list = database.prepare(`SELECT bot_id botId, update_id updateId, ${asBytes("lane")},
      attempt, due_at dueAt, put_at putAt, ${asBytes("body")}
      ${promisedCalls} ORDER BY sequence LIMIT ?`)
  }

  /** Returns the promised calls, oldest first. */
  list(limit: number): WaitingCallRow[] {
    return rows<WaitingCallBytes>(this.#list, limit).map((row) => {
      return { ...row, lane: columnText(row.lane), body: columnText(row.body) }
    })
  }

  /** Returns the number of promised calls. */
  count(): number {
    return rows<{ count: number }>(this.#count)[0]?.count ?? 0
  }
}
