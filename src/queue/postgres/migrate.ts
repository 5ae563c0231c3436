import { expectOptionsObject } from "../../ground/expect-option.js"
import { unexpectedOption } from "../../ground/expect-option.js"
import { StorageError } from "../storage-error.js"
import { functions } from "./functions.js"
import { tablesOfVersion3 } from "./id-tables.js"
import { outdatedSchema, postgresError } from "./postgres-failure.js"
import type { PostgresClient, PostgresPool } from "./postgres-pool.js"
import {
  quoted,
  tablesOfVersion1,
  tablesOfVersion2,
  tablesOfVersion4,
  tablesOfVersion5,
  tablesOfVersion6,
  tablesOfVersion8,
  tablesOfVersion9,
  tablesOfVersion10,
} from "./tables.js"

/**
 * The SQL that migrates the tables from each version to the next, beginning with no tables. After the
 * last migration all functions are created again.
 */
const migrations: readonly string[] = [
  tablesOfVersion1,
  tablesOfVersion2,
  tablesOfVersion3,
  tablesOfVersion4,
  tablesOfVersion5,
  tablesOfVersion6,
  // Version 7 renames functions, and changes no table.
  "SELECT",
  tablesOfVersion8,
  tablesOfVersion9,
  tablesOfVersion10,
]

/** The options of {@link migratePostgresQueue}. */
export interface MigrateOptions {
  /** The name of the queue's schema. Default: `"sounder"`. */
  readonly schema?: string
}

/** The result of {@link migratePostgresQueue}. */
export interface Migration {
  /** The version before the migration; 0 if there was no schema. */
  readonly from: number
  /** The version after the migration. */
  readonly to: number
}

/**
 * Creates the schema of a `PostgresQueue`, or migrates it to the newest version, in one transaction.
 * Any number of processes may call this function at the same time: an advisory lock lets one process
 * migrate at a time.
 *
 * Rejects with a `StorageError` if the migration fails, and has then changed nothing.
 *
 * @param pool a pool whose user may create objects in the database, or in the schema if it exists
 */
export async function migratePostgresQueue(
  pool: PostgresPool,
  options: MigrateOptions = {},
): Promise<Migration> {
  expectOptionsObject(options, "migratePostgresQueue(pool, { schema })", { schema: true })
  const schema = expectSchema(options.schema ?? "sounder")
  let client: PostgresClient | undefined
  const ignore = () => {}
  let failure: StorageError | undefined
  try {
    client = await pool.connect()
    client.on("error", ignore)
    return await migrateOver(client, schema)
  } catch (error) {
    failure = postgresError(schema, error)
    throw failure
  } finally {
    client?.removeListener("error", ignore)
    client?.release(failure !== undefined)
  }
}

/** Rejects unless the schema has the version of this Sounder. */
export async function expectNewest(client: PostgresClient, schema: string): Promise<void> {
  await expectEncoding(client)
  const version = (await hasTable(client, schema)) ? await versionOf(client, schema) : 0
  const newest = migrations.length
  if (version > newest) throw newerError(schema, version, newest)
  if (version === newest) return
  const problem =
    version === 0
      ? "does not exist"
      : `has version ${version}, but this Sounder needs version ${newest}`
  throw outdatedSchema(schema, problem)
}

/** Rejects if the schema is a shard of a `ShardedQueue`. */
export async function expectNoShard(client: PostgresClient, schema: string): Promise<void> {
  if (!(await hasTable(client, schema, "shard"))) return
  throw new StorageError(
    "shards-differ",
    `The schema ${schema} is a shard of a \`ShardedQueue\`. Use a \`ShardedQueue\` with all its shards in place of the ` +
      "`PostgresQueue`",
  )
}

/**
 * Checks the option `schema` and returns its value. Throws a `TypeError` if the value cannot be the
 * name of a schema.
 */
export function expectSchema(schema: string): string {
  const isName = typeof schema === "string" && /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/i.test(schema)
  if (isName) return schema
  return unexpectedOption(
    "schema",
    "a name of up to 63 letters, digits and _ that does not begin with a digit or with `pg_`",
    schema,
  )
}

/**
 * Migrates over a given connection, as {@link migratePostgresQueue} does. Rejects with the database's
 * error.
 */
export async function migrateOver(client: PostgresClient, schema: string): Promise<Migration> {
  const to = migrations.length
  await expectEncoding(client)
  return inMigration(client, `sounder queue ${schema}`, async () => {
    const from = await prepareSchema(client, schema)
    if (from > to) throw newerError(schema, from, to)
    const steps = from === to ? [] : [...migrations.slice(from), functions]
    for (const step of steps) await client.query(step.replaceAll("@schema", () => quoted(schema)))
    await client.query(`UPDATE ${quoted(schema)}.version SET version = $1`, [to])
    return { from, to }
  })
}

/**
 * Runs the steps of a migration in one transaction, while no other process runs a migration of the same name. Rejects
 * with the error of a step, and has then changed nothing.
 */
export async function inMigration<Result>(
  client: PostgresClient,
  name: string,
  steps: () => Promise<Result>,
): Promise<Result> {
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED")
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [name])
    const result = await steps()
    await client.query("COMMIT")
    return result
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {})
    throw error
  }
}

/** Creates the schema and its table `version` if they do not exist. Returns the version. */
async function prepareSchema(client: PostgresClient, schema: string): Promise<number> {
  const found = await client.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema])
  if (found.rows.length === 0) await client.query(`CREATE SCHEMA ${quoted(schema)}`)
  if (await hasTable(client, schema)) return versionOf(client, schema)
  await client.query(
    `CREATE TABLE ${quoted(schema)}.version (version integer NOT NULL);
     INSERT INTO ${quoted(schema)}.version VALUES (0)`,
  )
  return 0
}

/**
 * Throws if the encoding of the database lacks characters that users write: such updates could never be
 * stored.
 */
async function expectEncoding(client: PostgresClient): Promise<void> {
  const { rows } = await client.query("SELECT current_setting('server_encoding') AS encoding")
  // The row of the statement above.
  const [row] = rows as { encoding: string }[]
  if (row?.encoding === "UTF8" || row?.encoding === "SQL_ASCII") return
  throw new StorageError(
    "storage-failed",
    `The encoding of the database is ${row?.encoding}, which lacks characters that users write. ` +
      "Create a database with the encoding UTF8",
  )
}

/** @param table the name of the table. Default: the table of each schema of a queue. */
async function hasTable(
  client: PostgresClient,
  schema: string,
  table = "version",
): Promise<boolean> {
  const { rows } = await client.query(
    "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2",
    [schema, table],
  )
  return rows.length > 0
}

async function versionOf(client: PostgresClient, schema: string): Promise<number> {
  const { rows } = await client.query(`SELECT version FROM ${quoted(schema)}.version`)
  // The table has this column.
  const [row] = rows as { version: number }[]
  return row?.version ?? 0
}

function newerError(schema: string, version: number, known: number): StorageError {
  return new StorageError(
    "storage-newer",
    `The queue's schema ${schema} was made by a newer Sounder (version ${version}, this one knows ` +
      `${known}). Install that version or a later one`,
  )
}
