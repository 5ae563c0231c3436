import pg from "pg"
import { postgresPrograms, PostgresServer } from "../test/support/postgres-server.js"

/** Runs a bench with a new PostgreSQL server, which ends afterwards. Prints a line instead where there is none. */
export async function withPostgres(
  measure: (pool: pg.Pool, url: string) => Promise<void>,
): Promise<void> {
  const programs = postgresPrograms()
  if (!programs) return console.log("PostgreSQL is not installed (apt-get install postgresql)")
  await using server = await PostgresServer.start(programs)
  const pool = new pg.Pool({ connectionString: server.url })
  try {
    await measure(pool, server.url)
  } finally {
    await pool.end()
  }
}
