import { maxDepth } from "../update-queue.js"
import { rows, type SqliteDatabase, type SqliteStatement } from "./sqlite-driver.js"

/** The rows of single bots. The caller begins and commits the transaction of a deletion. */
export class BotRows {
  readonly #depth: SqliteStatement
  readonly #deletions: readonly SqliteStatement[]

  constructor(database: SqliteDatabase) {
    this.#depth = database.prepare(
      `SELECT count(*) depth FROM (SELECT 1 FROM updates WHERE bot_id = ? LIMIT ${maxDepth})`,
    )
    this.#deletions = ["timers", "set_aside", "state"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE bot_id = ?`),
    )
  }

  /** Returns the number of stored updates of a bot. */
  depth(botId: number): number {
    return rows<{ depth: number }>(this.#depth, botId)[0]?.depth ?? 0
  }

  /** Deletes the timers, the dead letters and the values of a bot. */
  delete(botId: number): void {
    for (const deletion of this.#deletions) deletion.run(botId)
  }
}
