import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { Command, InvalidArgumentError } from "commander"
import type { SimulatedBot, Simulator } from "../index.js"
import type { CommandOutput } from "./command-output.js"
import { mapOption } from "./map-option.js"

interface Flags {
  readonly port: number
  readonly host: string
  readonly bot?: readonly string[]
  readonly local?: boolean
  readonly state?: string
  readonly open?: boolean
  readonly map?: Readonly<Record<string, string>>
}

const defaultPort = 8081

/**
 * Returns the command that simulates Telegram on this machine, with its chat page, until a signal
 * ends it.
 */
export function simulateCommand(name: string, output: CommandOutput): Command {
  const [program = name] = name.split(" ")
  return new Command(name)
    .description(
      "Simulates Telegram on this machine: the Bot API for bots in any language, and a page on which " +
        "you chat with them. Ctrl+C ends the simulator.",
    )
    .version(version())
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
    .option("--bot <token>", "create a bot with this token; may be repeated", repeated)
    .option("--local", "by the rules of a Bot API server that runs with --local")
    .option("--state <file>", "keep people, bots, chats and pending updates in this file")
    .option("--open", "open the chat page in the browser")
    .addOption(mapOption())
    .addHelpText(
      "after",
      `\nExamples:\n  $ ${name}\n  $ ${name} --port 0 --state chats.json --open`,
    )
    .action(async (flags: Flags) => simulate(flags, output))
}

function version(): string {
  // The package's own package.json has this field.
  const { version: ownVersion } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string }
  return ownVersion
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

async function simulate(flags: Flags, output: CommandOutput): Promise<void> {
  // Loaded here, so that help and argument errors appear without delay.
  const { Simulator } = await import("../index.js")
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
  const { port, host, local = false, map: hosts = {}, state } = flags
  const stateOption = state === undefined ? {} : { state }
  const options = { port, host, local, hosts, page: true, ...stateOption }
  await using telegram = await Simulator.start(options).catch((error: unknown) => {
    throw withAdvice(error, flags)
  })
  const bots = populate(telegram, flags.bot ?? [])
  output.print(report(telegram, bots, host))
  if (flags.open === true) openInBrowser(browserAddress(telegram.apiRoot))
  await ended
  output.print("\nEnded.\n")
}

function withAdvice(error: unknown, { port, host }: Flags): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is taken on ${host}, perhaps by another simulator. Choose one with --port, or --port 0 for any`,
    EACCES: `This user may not listen on port ${port}. Choose a port above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Leave out --host, or use an address of this machine`,
    ENOTFOUND: `${host} cannot be resolved. Leave out --host, or use an address of this machine`,
  }
  const message = typeof code === "string" && Object.hasOwn(advice, code) ? advice[code] : undefined
  return message === undefined ? error : new Error(message, { cause: error })
}

function populate(telegram: Simulator, tokens: readonly string[]): SimulatedBot[] {
  if (telegram.users.length === 0) {
    for (const first_name of ["Ada", "Grace"]) telegram.user({ first_name })
  }
  for (const token of tokens) telegram.bot({ token })
  if (telegram.bots.length === 0) telegram.bot({ first_name: "My bot", username: "my_bot" })
  return telegram.bots
}

function report(telegram: Simulator, bots: readonly SimulatedBot[], host: string): string {
  const root = browserAddress(telegram.apiRoot)
  const [first] = bots
  return `${warning(host)}Chat page: ${root}/
API root:  ${root}
${bots.map(({ username, token }) => `Bot:       @${username}, token ${token}\n`).join("")}
Set the API root in your bot, in place of https://api.telegram.org. With Sounder:

  TELEGRAM_API_ROOT=${root} BOT_TOKEN=${first?.token ?? "…"} node bot.js

Ctrl+C ends the simulator.
`
}

function warning(host: string): string {
  if (/^(127\.|localhost$|::1$)/.test(host)) return ""
  return `It listens on ${host}: everybody who reaches this machine over the network can read these
chats, write in them as anybody and see the tokens of the bots. Leave out --host to keep it to this
machine.

`
}

// A wildcard address such as 0.0.0.0 cannot be opened in a browser.
function browserAddress(root: string): string {
  return root.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
}

function openInBrowser(url: string): void {
  const programs: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", ""],
  }
  const [file = "xdg-open", ...args] = programs[process.platform] ?? ["xdg-open"]
  const child = spawn(file, [...args, url], { stdio: "ignore", detached: true })
  // The address has been printed, so a machine without a browser needs nothing else.
  child.once("error", () => {})
  child.unref()
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError("Expected a number from 0 to 65535.")
}
