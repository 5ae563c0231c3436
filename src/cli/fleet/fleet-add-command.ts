import { type Command, InvalidArgumentError } from "commander"
import { Bot } from "../../bot/index.js"
import { errorText } from "../../ground/error-text.js"
import { SharedTransport } from "../../fleet/shared-transport.js"
import type { BotStore, NewBot } from "../../fleet/store/index.js"
import { ExitError } from "../exit-error.js"
import { fleetStoreCommand, type FleetFlags, readTokens, withBotStore } from "./fleet-store.js"

interface Flags extends FleetFlags {
  readonly stdin?: boolean
  readonly kind?: string
  readonly data?: unknown
  /** `false` with `--no-check`. */
  readonly check: boolean
  readonly apiRoot?: string
}

/** The number of tokens that are checked at the same time. */
const checksAtOnce = 8

/** `sounder fleet add`: adds bots to the store. */
export function fleetAddCommand(print: (text: string) => void): Command {
  return fleetStoreCommand("add")
    .summary("add bots, or replace their tokens")
    .description(
      "Adds a bot to the store, or replaces the token of a stored one. The token is that of BOT_TOKEN; with --stdin, " +
        "each line of the input is one. Tokens are checked with Telegram first; if one is refused, no bot is added.",
    )
    .option("--stdin", "read tokens from the input, a line for each")
    .option("--kind <name>", "the kind of the bots; by default that of the stored bot")
    .option("--data <json>", "the data of the bots, as JSON", parseJson)
    .option("--no-check", "do not ask Telegram whether the tokens are right")
    .option("--api-root <url>", "the URL of a simulator, or of a Bot API server of your own")
    .action(async ({ stdin = false, kind, data, check, apiRoot, ...store }: Flags) => {
      const add = async (bots: BotStore) => {
        const tokens = await readTokens(stdin ? process.stdin : undefined)
        if (check) await checkTokens(tokens, apiRoot)
        const added = await bots.add(tokens.map((token): NewBot => ({ token, kind, data })))
        for (const { botId } of added) print(`Added ${botId}.\n`)
      }
      await withBotStore(store, add, { creates: true })
    })
}

/** Rejects with the refused tokens, by the ids of their bots. */
async function checkTokens(tokens: readonly string[], apiRoot: string | undefined): Promise<void> {
  await using transport = new SharedTransport(undefined)
  const waiting = [...tokens]
  const refused: string[] = []
  const worker = async () => {
    for (let token = waiting.shift(); token !== undefined; token = waiting.shift()) {
      await using bot = new Bot(token, { apiRoot, transport })
      await bot.getMe().catch((error: unknown) => refused.push(`${bot.id}: ${errorText(error)}`))
    }
  }
  await Promise.all(Array.from({ length: checksAtOnce }, worker))
  if (refused.length > 0) throw new ExitError(1, `No bot was added.\n${refused.join("\n")}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError("Expected JSON.")
  }
}
