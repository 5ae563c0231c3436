import { createRequire } from "node:module"
import { StorageError } from "../storage-error.js"

/** What SQLite keeps, as far as the queue needs it. */
export type SqlValue = number | string | null

/** What SQLite answers: bytes are an array of Node's module, and a buffer of libsql. */
export type SqlAnswer = SqlValue | Uint8Array | ArrayBuffer

/** One row of an answer, by column. */
export type SqlRow = Readonly<Record<string, SqlAnswer>>

/** A prepared statement: what `node:sqlite` and `libsql` have in common. */
export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint }
  all(...values: SqlValue[]): unknown[]
}

/** An open database: what `node:sqlite` and `libsql` have in common. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

/** Opens a file, creating it where it is not there. */
export type OpenDatabase = (path: string) => SqliteDatabase

type LoadModule = (name: string) => unknown

/** The constructors of the two modules take a path and answer a {@link SqliteDatabase}. */
type DatabaseClass = new (path: string) => SqliteDatabase

/**
 * Finds SQLite: in Node itself (22.13 and later), else the optional package `libsql`. Nothing of
 * either is loaded before this is called.
 *
 * @param load `require` by default
 */
export function findSqlite(load: LoadModule = createRequire(import.meta.url)): OpenDatabase {
  const Database = fromNode(load) ?? fromLibsql(load)
  return (path) => new Database(path)
}

function fromNode(load: LoadModule): DatabaseClass | undefined {
  try {
    // Node's own module, where there is one, has this class.
    return (load("node:sqlite") as { DatabaseSync: DatabaseClass }).DatabaseSync
  } catch {
    return undefined
  }
}

function fromLibsql(load: LoadModule): DatabaseClass {
  try {
    // The package's one export is its class.
    return load("libsql") as DatabaseClass
  } catch (cause) {
    throw new StorageError(
      "sqlite-missing",
      `No SQLite here: Node ${process.versions.node} has no usable node:sqlite (22.13 and later ` +
        "do), and the package libsql could not be loaded. Use a newer Node, or `npm install libsql`",
      { cause },
    )
  }
}

/** All rows of an answer; the statement says which columns they have. */
export function rows<Row extends SqlRow>(statement: SqliteStatement, ...values: SqlValue[]): Row[] {
  // SQLite has no types that a compiler knows: the statements stand beside the row types they fill.
  return statement.all(...values) as Row[]
}
