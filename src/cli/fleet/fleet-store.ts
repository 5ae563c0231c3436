import { existsSync } from "node:fs"
import { text } from "node:stream/consumers"
import { Command, InvalidArgumentError } from "commander"
import { BotAddress } from "../../bot/bot-address.js"
import { errorText } from "../../ground/error-text.js"
import type { BotStore } from "../../fleet/store/index.js"
import { environmentOption, loadEnvironment } from "../environment.js"
import { withDatabase } from "../queue-database.js"

/** The options that name a store of bots. */
export interface FleetFlags {
  readonly file?: string
  readonly database?: string
  readonly schema: string
  readonly envFile?: string
}

/** Returns a command of `sounder fleet` with the options for a file or a database. */
export function fleetStoreCommand(name: string): Command {
  return new Command(name)
    .option("--file <path>", "the file of a SqliteBotStore")
    .option("--database <url>", "the PostgreSQL database; by default that of DATABASE_URL")
    .option("--schema <name>", "the schema of the queue in the database", "sounder")
    .addOption(environmentOption())
}

/**
 * Opens the store, runs a function with it, and closes it. The keys are those of `FLEET_KEY`, because other users of
 * the machine see arguments.
 *
 * @param options.creates true to create a missing file. Default: false
 */
export async function withBotStore<Result>(
  { file, database, schema, envFile }: FleetFlags,
  act: (store: BotStore) => Promise<Result>,
  { creates = false }: { readonly creates?: boolean } = {},
): Promise<Result> {
  if (file !== undefined && database !== undefined) {
    throw new TypeError("Expected either --file or --database, not both")
  }
  loadEnvironment(envFile)
  const keys = process.env["FLEET_KEY"]
  if (!keys) {
    throw new TypeError(
      "Expected the key of the store: FLEET_KEY in the environment or in .env, as `openssl rand -base64 32` makes one",
    )
  }
  const { PostgresBotStore, SqliteBotStore } = await import("../../fleet/store/index.js")
  if (file !== undefined) {
    if (!creates && !existsSync(file))
      throw new TypeError(`Expected a store, but there is no ${file}`)
    await using store = new SqliteBotStore({ path: file, keys })
    return await act(store)
  }
  if (database === undefined && !process.env["DATABASE_URL"]) {
    throw new TypeError(
      "Expected a store: --file PATH, --database URL, or DATABASE_URL in the environment or in .env",
    )
  }
  return withDatabase(database, async (pool) => {
    await using store = new PostgresBotStore({ pool, schema, keys })
    return await act(store)
  })
}

/** Parses the id of a bot. */
export function botIdArgument(given: string): number {
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given)
  throw new InvalidArgumentError(
    "Expected the id of a bot: the number in front of its token's colon.",
  )
}

/**
 * Returns the tokens to add: the lines of an input, or the token of `BOT_TOKEN`. A token is no argument, because other
 * users of the machine see arguments. Empty lines, and lines that begin with `#`, are left out.
 *
 * @throws TypeError with the number of a line that is no token
 */
export async function readTokens(input: NodeJS.ReadableStream | undefined): Promise<string[]> {
  const given = input ? await text(input) : (process.env["BOT_TOKEN"] ?? "")
  const tokens = given.split("\n").flatMap((line, index) => {
    const token = line.trim()
    if (token === "" || token.startsWith("#")) return []
    return input ? tokenOfLine(token, index + 1) : token
  })
  if (tokens.length > 0) return tokens
  throw new TypeError(
    "Expected tokens: BOT_TOKEN in the environment or in .env, or --stdin and a line for each on the input",
  )
}

function tokenOfLine(token: string, line: number): string {
  try {
    return new BotAddress(token, undefined).token
  } catch (error) {
    throw new TypeError(`Line ${line} of the input: ${errorText(error)}`, { cause: error })
  }
}
