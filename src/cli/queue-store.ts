import { Command } from "commander"
import type { QueueAdministration } from "../queue/index.js"
import { environmentOption, loadEnvironment } from "./environment.js"
import { withDatabase } from "./queue-database.js"

/** The options that name a queue. */
export interface StoreFlags {
  readonly file?: string
  readonly database?: string
  readonly schema: string
  readonly envFile?: string
}

/** Returns a command of `sounder queue` with the options for a file or a database. */
export function storeCommand(name: string): Command {
  return new Command(name)
    .option("--file <path>", "the file of a SqliteQueue")
    .option("--database <url>", "the PostgreSQL database; by default that of DATABASE_URL")
    .option("--schema <name>", "the schema of the queue in the database", "sounder")
    .addOption(environmentOption())
}

/** Opens the queue, runs a function with it, and closes it. */
export async function withQueue<Result>(
  { file, database, schema, envFile }: StoreFlags,
  act: (queue: QueueAdministration) => Promise<Result>,
): Promise<Result> {
  if (file !== undefined && database !== undefined) {
    throw new TypeError("Expected either --file or --database, not both")
  }
  if (file === undefined) {
    loadEnvironment(envFile)
    if (database === undefined && !process.env.DATABASE_URL) {
      throw new TypeError(
        "Expected a queue: --file PATH, --database URL, or DATABASE_URL in the environment or in .env",
      )
    }
    const { PostgresQueue } = await import("../queue/postgres/index.js")
    return withDatabase(database, async (pool) => {
      await using queue = new PostgresQueue({ pool, schema })
      return await act(queue)
    })
  }
  const { SqliteQueueFile } = await import("../queue/sqlite/index.js")
  await using queue = new SqliteQueueFile({ path: file })
  return await act(queue)
}
