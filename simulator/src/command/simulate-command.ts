import { readFileSync } from "node:fs"
import { Command, InvalidArgumentError } from "commander"
import { isBotToken } from "../world/identity.js"
import type { CommandOutput } from "./command-output.js"
import { mapOption } from "./map-option.js"
import { TerminalTelegram } from "./terminal-telegram.js"

interface Flags {
  readonly port: number
  readonly host: string
  readonly bot?: readonly string[]
  readonly local?: boolean
  readonly state?: string
  readonly open?: boolean
  readonly log?: boolean
  readonly map?: Readonly<Record<string, string>>
}

const defaultPort = 8081

const stateMeaning =
  "keep people, bots, chats and pending updates in this file; a missing folder is created"

/**
 * Returns the command that simulates Telegram on this machine, with its chat page, until a signal
 * ends it.
 */
export function simulateCommand(name: string, output: CommandOutput): Command {
  const [program = name] = name.split(" ")
  return new Command(name)
    .description(
      "Simulates Telegram on this machine: the Bot API for bots in any language, and a page to chat with " +
        "them. Without --bot there is one bot, with the same token at every start. Press Ctrl+C to stop.",
    )
    .version(version(), "-v, --version")
    .configureOutput({
      writeOut: (text) => output.print(text),
      writeErr: (text) => output.complain(text),
      outputError: (text, write) => write(text.replace(/^error: /, `${program}: `)),
    })
    .showSuggestionAfterError()
    .showHelpAfterError(`See \`${name} --help\`.`)
    .exitOverride()
    .option("--port <number>", "the port to listen on; 0 for a free port", portNumber, defaultPort)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--bot <token>", "create a bot with this token; may be repeated", addToken)
    .option("--local", "follow the rules of a Bot API server started with --local")
    .option("--state <file>", stateMeaning)
    .option("--open", "open the chat page in the browser")
    .option("--log", "print a line for every update and every call")
    .addOption(mapOption())
    .addHelpText(
      "after",
      `\nExamples:\n  $ ${name}\n  $ ${name} --port 0 --state chats.json --open`,
    )
    .action(async (flags: Flags) => simulate(flags, name, output))
}

function version(): string {
  // The package's own package.json has this field.
  const { version: ownVersion } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string }
  return ownVersion
}

/** Adds the token of one `--bot` to the earlier ones. */
function addToken(text: string, before: readonly string[] = []): readonly string[] {
  if (!isBotToken(text)) throw new InvalidArgumentError("Expected digits, a colon and letters.")
  return [...before, text]
}

async function simulate(flags: Flags, name: string, output: CommandOutput): Promise<void> {
  const { bot: tokens, map: hosts, open = false, ...options } = flags
  const end = new AbortController()
  const abort = () => end.abort()
  process.once("SIGINT", abort).once("SIGTERM", abort)
  try {
    const print = (text: string) => output.print(text)
    await using telegram = await TerminalTelegram.start({ ...options, tokens, hosts, name, print })
    print(report(telegram, flags.host))
    if (open) telegram.openPage()
    await telegram.untilQuit(end.signal)
    print("\nEnded.\n")
  } finally {
    process.off("SIGINT", abort).off("SIGTERM", abort)
  }
}

function report({ apiRoot, bots }: TerminalTelegram, host: string): string {
  const [first] = bots
  return `${warning(host)}Chat page: ${apiRoot}/
API root:  ${apiRoot}
${bots.map(({ username, token }) => `Bot:       @${username}, token ${token}\n`).join("")}
Use this API root in your bot instead of https://api.telegram.org. With Sounder:

  TELEGRAM_API_ROOT=${apiRoot} BOT_TOKEN=${first?.token ?? "…"} node bot.js

Press Ctrl+C to stop the simulator.
`
}

function warning(host: string): string {
  if (/^(127\.|localhost$|::1$)/.test(host)) return ""
  return `The simulator listens on ${host}: anybody who can reach this machine over the network can read the
chats, write in them as any person, and see the tokens of the bots. Without --host, only this machine
can connect.

`
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError("Expected a number from 0 to 65535.")
}
