import type { SqliteDatabase } from "./sqlite-driver.js"

/**
 * Rolls the transaction of a connection back after an error. Never throws: SQLite itself rolls back after some errors,
 * such as a full disk, and an error of the second rollback would hide the first one.
 */
export function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK")
  } catch {
    // No transaction is open, or SQLite has rolled back.
  }
}
