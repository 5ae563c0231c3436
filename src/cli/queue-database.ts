import { StorageError } from "../queue/index.js"
import type { PostgresPool } from "../queue/postgres/index.js"

/** The part of the package `pg` that Sounder uses. */
interface PgModule {
  readonly Pool: new (options: { connectionString: string; connectionTimeoutMillis: number }) => {
    end(): Promise<void>
  } & PostgresPool
}

/** Opens connections to a database, runs a function with them, and closes them. */
export async function withDatabase<Result>(
  database: string | undefined,
  act: (pool: PostgresPool) => Promise<Result>,
): Promise<Result> {
  const connectionString = database ?? process.env.DATABASE_URL
  if (connectionString === undefined || connectionString === "") {
    throw new TypeError(
      "Expected a database: --database URL, or DATABASE_URL in the environment or in .env",
    )
  }
  const { Pool } = await loadPg()
  const pool = new Pool({ connectionString, connectionTimeoutMillis: 10_000 })
  try {
    return await act(pool)
  } finally {
    await pool.end()
  }
}

async function loadPg(): Promise<PgModule> {
  try {
    // The cast leaves only the part above, because the types of an optional package may be missing.
    return ((await import("pg")) as unknown as { default: PgModule }).default
  } catch (cause) {
    throw new StorageError(
      "pg-missing",
      "The package pg is not installed. Run `npm install pg` where Sounder is installed",
      { cause },
    )
  }
}
