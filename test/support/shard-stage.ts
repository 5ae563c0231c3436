import pg from "pg"
import { afterAll, beforeAll } from "vitest"
import {
  arrangeShards,
  ShardedQueue,
  type ShardedQueueOptions,
  type Shards,
} from "../../src/queue/postgres/index.js"
import { postgresPrograms, PostgresServer } from "./postgres-server.js"
import { RecordingLogger } from "./recording-logger.js"

/** The tables of updates and of their data. */
const tables = [
  ...["updates", "lanes", "early", "ids_0", "ids_1", "ids_2", "series"],
  ...["set_aside", "workers", "state", "timers"],
]

/** The shared servers of a test file, each a shard, with a schema for each test. */
export interface ShardStage {
  readonly servers: readonly PostgresServer[]
  /** Returns the pools of the shards `one` and `two`. */
  readonly shards: Shards
  /** Returns a new schema name. */
  newSchema(): string
  /**
   * Opens a queue in a schema that former tests have used, and that is emptied first: a new schema takes longer than
   * most tests.
   */
  openEmpty(options?: Partial<ShardedQueueOptions>): Promise<ShardedQueue>
  /** Opens a queue, which prepares the databases. Default: in a schema of its own. */
  open(options?: Partial<ShardedQueueOptions>): ShardedQueue
}

/** Starts two servers before the tests of a file, and stops them after the tests. */
export function shardStageOfFile(settings: readonly string[] = []): ShardStage {
  const servers: PostgresServer[] = []
  const pools: pg.Pool[] = []
  let last = 0
  beforeAll(async () => {
    const programs = postgresPrograms()
    if (programs === undefined) return
    for (let index = 0; index < 2; index++) {
      const server = await PostgresServer.start(programs, settings)
      servers.push(server)
      pools.push(new pg.Pool({ connectionString: server.url, max: 30 }))
    }
  }, 120_000)
  afterAll(async () => {
    for (const pool of pools) await pool.end()
    for (const server of servers) await server[Symbol.asyncDispose]()
  })
  const stage: ShardStage = {
    servers,
    get shards() {
      const [one, two] = pools
      if (!one || !two) throw new Error("There are no servers before the tests begin")
      return { one: { pool: one }, two: { pool: two } }
    },
    openEmpty: async (options = {}) => {
      const schema = `emptied_${options.by ?? "bot"}`
      await arrangeShards(stage.shards, { schema, by: options.by ?? "bot" })
      const sql = tables.map((table) => `DELETE FROM ${schema}.${table}`).join(";")
      await Promise.all(servers.map((server) => server.ask(sql)))
      return stage.open({ schema, migrate: false, ...options })
    },
    newSchema: () => `sharded_${++last}`,
    open: (options = {}) =>
      new ShardedQueue({
        shards: stage.shards,
        schema: stage.newSchema(),
        migrate: true,
        logger: new RecordingLogger(),
        ...options,
      }),
  }
  return stage
}
