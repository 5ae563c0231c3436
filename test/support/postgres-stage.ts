import pg from "pg"
import { afterAll, beforeAll } from "vitest"
import { PostgresQueue, type PostgresQueueOptions } from "../../src/queue/postgres/index.js"
import { postgresPrograms, PostgresServer } from "./postgres-server.js"
import { onlyWith } from "./real-servers.js"

/** The shared server of a test file, with a schema for each test. */
export interface Stage {
  readonly server: PostgresServer
  readonly pool: pg.Pool
  /** Returns a new schema name. */
  newSchema(): string
  /** Ends the leases of all workers of a schema: their deliveries are free. */
  endLeases(schema: string): Promise<unknown>
  /** Opens a queue, which migrates. Default: in a schema of its own. */
  open(options?: Partial<PostgresQueueOptions>): PostgresQueue
}

/** Options of suites that need a server: without one they are skipped, or fail if `CI` is set. */
export const withPostgres = onlyWith("postgres")

/** Starts a server before the tests of a file, and stops it after them. */
export function stageOfFile(settings: readonly string[] = []): Stage {
  let server: PostgresServer | undefined
  let pool: pg.Pool | undefined
  let last = 0
  beforeAll(async () => {
    const programs = postgresPrograms()
    if (programs === undefined) return
    server = await PostgresServer.start(programs, settings)
    pool = new pg.Pool({ connectionString: server.url, max: 20 })
  }, 60_000)
  afterAll(async () => {
    await pool?.end()
    await server?.[Symbol.asyncDispose]()
  })
  const stage: Stage = {
    get server() {
      if (!server) throw new Error("There is no server before the tests begin")
      return server
    },
    get pool() {
      if (!pool) throw new Error("There is no pool before the tests begin")
      return pool
    },
    endLeases: (schema) =>
      stage.pool.query(
        `WITH ended AS (DELETE FROM ${schema}.workers RETURNING id)
         SELECT ${schema}.release(array_agg(id)) FROM ended`,
      ),
    newSchema: () => `queue_${++last}`,
    open: (options = {}) =>
      new PostgresQueue({ pool: stage.pool, schema: stage.newSchema(), migrate: true, ...options }),
  }
  return stage
}
