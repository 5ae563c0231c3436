import { createRequire } from "node:module"
import { StorageError } from "../storage-error.js"

/** A value that is bound to a statement. */
export type SqlValue = number | string | null

/**
 * A value that SQLite returns. Bytes come as a `Uint8Array` from Node's module, and as an `ArrayBuffer`
 * from libsql.
 */
export type SqlAnswer = SqlValue | Uint8Array | ArrayBuffer

/** A row of a result, by column. */
export type SqlRow = Readonly<Record<string, SqlAnswer>>

/** A prepared statement, in the interface that `node:sqlite` and `libsql` share. */
export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint }
  all(...values: SqlValue[]): unknown[]
}

/** An open database, in the interface that `node:sqlite` and `libsql` share. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

/** A function that opens a database file, and creates the file if there is none. */
export type OpenDatabase = (path: string) => SqliteDatabase

type LoadModule = (name: string) => unknown

/** The class of either module, whose constructor takes the path of a file. */
type DatabaseClass = new (path: string) => SqliteDatabase

/**
 * Finds SQLite: Node's own module (22.13 and later), otherwise the optional package `libsql`. Neither
 * is loaded before this call. Throws a `StorageError` if there is neither.
 *
 * @param load loads a module by its name. Default: `require`.
 */
export function findSqlite(load: LoadModule = createRequire(import.meta.url)): OpenDatabase {
  const Database = fromNode(load) ?? fromLibsql(load)
  return (path) => new Database(path)
}

function fromNode(load: LoadModule): DatabaseClass | undefined {
  try {
    // Node's own module has this class.
    return (load("node:sqlite") as { DatabaseSync: DatabaseClass }).DatabaseSync
  } catch {
    return undefined
  }
}

function fromLibsql(load: LoadModule): DatabaseClass {
  try {
    // The package exports its class alone.
    return load("libsql") as DatabaseClass
  } catch (cause) {
    throw new StorageError(
      "sqlite-missing",
      `There is no SQLite: Node ${process.versions.node} has no usable node:sqlite (Node 22.13 and later ` +
        "do), and the package libsql could not be loaded. Use a newer Node, or `npm install libsql`",
      { cause },
    )
  }
}

/** Runs a statement and returns all rows. The caller states the columns by the type argument. */
export function rows<Row extends SqlRow>(statement: SqliteStatement, ...values: SqlValue[]): Row[] {
  // SQLite's columns have no types at compile time. Each statement stands next to the row type that it
  // fills.
  return statement.all(...values) as Row[]
}
