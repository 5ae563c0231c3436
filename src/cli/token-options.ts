import type { Command } from "commander"

/** Which bot a command is about, and where its Telegram is. */
export interface TokenFlags {
  readonly token?: string
  readonly apiRoot?: string
}

/** Adds `--token` and `--api-root` to a command. */
export function tokenOptions(command: Command): Command {
  return command
    .option("--token <token>", "the bot's token; better in BOT_TOKEN, as others see arguments")
    .option("--api-root <url>", "where the Bot API is: a simulator, or a server of your own")
}

/** The token that was given, else that of the environment. */
export function tokenOf({ token }: TokenFlags): string | undefined {
  return token ?? (process.env["BOT_TOKEN"] || undefined)
}
