import { Command } from "commander"
import { migratePostgresQueue } from "../queue/postgres/index.js"
import { environmentOption, loadEnvironment } from "./environment.js"
import { withDatabase } from "./queue-database.js"
import { queueListCommand } from "./queue-list-command.js"
import { queueStatusCommand } from "./queue-status-command.js"
import { setAsideCommand } from "./set-aside-command.js"

interface Flags {
  readonly database?: string
  readonly schema: string
  readonly envFile?: string
}

/** `sounder queue`: manages the queue of a bot. */
export function queueCommand(print: (text: string) => void): Command {
  const migrate = new Command("migrate")
    .summary("create the schema of a PostgreSQL queue, or bring it up to date")
    .description(
      "Creates the schema of a PostgreSQL queue, or brings it to the version of this Sounder. " +
        "The command may run at any time, and on several machines at once.",
    )
    .option("--database <url>", "the PostgreSQL database; by default that of DATABASE_URL")
    .option("--schema <name>", "the schema of the queue in the database", "sounder")
    .addOption(environmentOption())
    .action(async ({ database, schema, envFile }: Flags) => {
      loadEnvironment(envFile)
      const { from, to } = await withDatabase(database, (pool) =>
        migratePostgresQueue(pool, { schema }),
      )
      if (from === to) print(`The schema ${schema} is up to date (version ${to}).\n`)
      else if (from === 0) print(`Created the schema ${schema} (version ${to}).\n`)
      else print(`Migrated the schema ${schema} from version ${from} to ${to}.\n`)
    })
  return new Command("queue")
    .summary("inspect and manage the queue of a bot")
    .description("Inspects and manages the queue in which the updates of a bot wait.")
    .addCommand(queueStatusCommand(print))
    .addCommand(queueListCommand(print))
    .addCommand(setAsideCommand("replay", print))
    .addCommand(setAsideCommand("drop", print))
    .addCommand(migrate)
}
