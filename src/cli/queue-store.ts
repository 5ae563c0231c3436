import { existsSync } from "node:fs"
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
    .option("--file <path>", "the file of a SqliteQueue; by default updates.db, if it is there")
    .option("--database <url>", "the PostgreSQL database; by default that of DATABASE_URL")
    .option("--schema <name>", "the schema of the queue in the database", "sounder")
    .addOption(environmentOption())
}

/**
 * Opens the queue, runs a function with it, and closes it.
 *
 * @param print writes the name of a file that no flag names. Default: nothing is written.
 */
export async function withQueue<Result>(
  store: StoreFlags,
  act: (queue: QueueAdministration) => Promise<Result>,
  print: (text: string) => void = () => {},
): Promise<Result> {
  const { database, schema } = store
  if (store.file !== undefined && database !== undefined) {
    throw new TypeError("Expected either --file or --database, not both")
  }
  const file = store.file ?? usualFile(store, print)
  if (file === undefined) {
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

/**
 * Returns the queue's file in a project of `sounder init`, if no flag and no environment variable names a queue;
 * `undefined` if a variable names a database.
 *
 * @throws TypeError if there is no such file
 */
function usualFile(
  { database, envFile }: StoreFlags,
  print: (text: string) => void,
): string | undefined {
  loadEnvironment(envFile)
  if (database !== undefined || process.env["DATABASE_URL"]) return undefined
  const file = process.env["UPDATES_FILE"] || "updates.db"
  if (!existsSync(file))
    throw new TypeError(
      `Expected a queue: --file PATH, --database URL, or DATABASE_URL in the environment or in .env; there is no ${file} in this folder`,
    )
  print(`The queue is ${file}; --file names another one.\n\n`)
  return file
}
