import type { SqliteDatabase, SqliteStatement, SqlValue } from "./sqlite-driver.js"

/** The maximum number of rows of one statement. */
const maxRows = 32

/**
 * A statement for any number of rows. A call of SQLite costs more than the row that it writes, so that
 * up to 32 rows share a call.
 */
export class ManyRows {
  readonly #database: SqliteDatabase
  readonly #sqlFor: (count: number) => string
  readonly #prepared: SqliteStatement[] = []

  /** @param sqlFor returns the SQL for `count` rows; each SQL is prepared when it is first needed */
  constructor(database: SqliteDatabase, sqlFor: (count: number) => string) {
    this.#database = database
    this.#sqlFor = sqlFor
  }

  /** Runs the statement for all rows, in portions. Returns the number of changed rows. */
  run<Row>(all: readonly Row[], valuesOf: (rows: readonly Row[]) => SqlValue[]): number {
    let changes = 0
    for (const some of portions(all)) {
      changes += Number(this.#for(some.length).run(...valuesOf(some)).changes)
    }
    return changes
  }

  /**
   * Runs the statement for all rows, in portions. Returns the rows that the statement selects, in any
   * order.
   */
  all<Row>(all: readonly Row[], valuesOf: (rows: readonly Row[]) => SqlValue[]): unknown[] {
    return portions(all).flatMap((portion) => this.#for(portion.length).all(...valuesOf(portion)))
  }

  #for(count: number): SqliteStatement {
    return (this.#prepared[count] ??= this.#database.prepare(this.#sqlFor(count)))
  }
}

function portions<Row>(all: readonly Row[]): (readonly Row[])[] {
  if (all.length <= maxRows) return all.length === 0 ? [] : [all]
  const chunks: (readonly Row[])[] = []
  for (let from = 0; from < all.length; from += maxRows) {
    chunks.push(all.slice(from, from + maxRows))
  }
  return chunks
}
