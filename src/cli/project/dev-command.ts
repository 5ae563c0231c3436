import { ownValue } from "../../ground/own-value.js"
import { once } from "node:events"
import { dirname } from "node:path"
import { Command } from "commander"
import { EndSignal } from "../../ground/end-signal.js"
import { Keys } from "./keys.js"
import { portNumber } from "../options.js"
import { openInBrowser } from "./open-in-browser.js"
import { environmentFile, programFile } from "./program-file.js"
import { RestartedProgram } from "./restarted-program.js"
import { startTelegram } from "./start-telegram.js"
import { typeScriptModule } from "./type-script.js"
import { WatchedFolder } from "./watched-folder.js"

interface Flags {
  readonly port: number
  readonly envFile?: string
  readonly state?: string
}

const help = `  o  open the chat page    r  restart the bot
  h  show this help        q  quit
`

/** `sounder dev FILE`: a simulated Telegram with its chat page, and a bot that restarts on changes. */
export function devCommand(print: (text: string) => void): Command {
  return new Command("dev")
    .summary("run a bot on a simulated Telegram")
    .description(
      "Simulates Telegram on this machine with a chat page, runs a bot on it, and restarts the bot " +
        "when a source file changes. The bot's token is the same each time.",
    )
    .argument("<file>", "the bot's program")
    .option("--port <number>", "where the chat page listens; 0 for a free port", portNumber, 8081)
    .option("--state <file>", "keep people, chats and pending updates in this file")
    .option("--env-file <file>", "the file with the variables of the environment")
    .action(async (file: string, flags: Flags) => develop(file, flags, print))
}

async function develop(file: string, flags: Flags, print: (text: string) => void): Promise<void> {
  const path = programFile(file)
  const args = nodeArguments(path, environmentFile(flags.envFile))
  const { port, state } = flags
  await using telegram = await startTelegram({ port, state })
  const page = `${telegram.apiRoot}/`
  print(`Chat page: ${page}\n${process.stdin.isTTY ? help : ""}\n`)
  const env = { TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: telegram.token }
  await using bot = new RestartedProgram(args, env, print)
  using _watched = new WatchedFolder(dirname(path), (name) => bot.restart(`${name} changed`))
  using end = new EndSignal()
  const quit = new AbortController()
  const actions: Readonly<Record<string, () => void>> = {
    h: () => print(help),
    o: () => openInBrowser(page),
    r: () => bot.restart("restarted by hand"),
    q: () => quit.abort(),
    "\u0003": () => quit.abort(),
  }
  using _keys = new Keys((key) => ownValue(actions, key)?.())
  await Promise.race([end.received, once(quit.signal, "abort")])
}

function nodeArguments(path: string, environment: string | undefined): string[] {
  const module = typeScriptModule(path)
  return [
    ...(environment === undefined ? [] : [`--env-file=${environment}`]),
    ...(module === undefined ? [] : ["--import", module]),
    path,
  ]
}
