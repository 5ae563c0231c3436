import { dirname } from "node:path"
import { Command } from "commander"
import { EndSignal } from "../../ground/end-signal.js"
import { environmentOption } from "../environment.js"
import { type SimulatorFlags, simulatorOptions } from "../options.js"
import { simulatorCommand } from "../simulator-package.js"
import { HeldAdvice } from "./held-advice.js"
import { environmentFile, programFile } from "./program-file.js"
import { RestartedProgram } from "./restarted-program.js"
import { typeScriptModule } from "./type-script.js"
import { WatchedFolder } from "./watched-folder.js"

interface Flags extends SimulatorFlags {
  readonly envFile?: string
}

/**
 * The value of `UPDATES_FILE` for the bot: a queue of its own, because updates and jobs of the simulated Telegram are not
 * for the bot on Telegram. The name is among those that `.gitignore` of a new project has: `updates.db*`.
 */
const developmentFile = "updates.db.dev"

/** `sounder dev FILE`: a simulated Telegram with its chat page, and a bot that restarts on changes. */
export function devCommand(print: (text: string) => void): Command {
  const command = new Command("dev")
    .summary("run a bot on a simulated Telegram")
    .description(
      "Simulates Telegram on this machine with a chat page, runs a bot on it, and restarts the bot " +
        "when a source file changes. The bot's token is the same each time.",
    )
    .argument("<file>", "the bot's program")
  return simulatorOptions(command)
    .addOption(environmentOption())
    .action(async (file: string, flags: Flags) => develop(file, flags, print))
}

async function develop(file: string, flags: Flags, print: (text: string) => void): Promise<void> {
  const path = programFile(file)
  const args = nodeArguments(path, environmentFile(flags.envFile))
  const { TerminalTelegram, developmentToken } = await simulatorCommand()
  const { port, local, state, log, map: hosts } = flags
  const settings = { port, local, state, log, hosts, developmentBot: true }
  const name = `sounder dev ${file}`
  using end = new EndSignal()
  const abort = new AbortController()
  void end.received.then(() => abort.abort())
  const advice = new HeldAdvice(print)
  const advise = (text: string) => advice.hold(text)
  await using telegram = await TerminalTelegram.start({ ...settings, name, print, advise })
  print(`Chat page: ${telegram.apiRoot}/\n`)
  if (flags.open === true) telegram.openPage()
  const env = {
    TELEGRAM_API_ROOT: telegram.apiRoot,
    BOT_TOKEN: developmentToken,
    UPDATES_FILE: process.env["UPDATES_FILE"] || developmentFile,
  }
  const onEnd = () => advice.release()
  await using bot = new RestartedProgram(args, env, {
    print,
    onEnd,
    callCount: () => telegram.callCount,
  })
  using _watched = new WatchedFolder(dirname(path), (changed) => bot.restart(`${changed} changed`))
  const restart = () => bot.restart("r was pressed")
  const keys = [{ key: "r", meaning: "restart the bot", press: restart }]
  await telegram.untilQuit(abort.signal, keys)
}

function nodeArguments(path: string, environment: string | undefined): string[] {
  const module = typeScriptModule(path)
  return [
    ...(environment === undefined ? [] : [`--env-file=${environment}`]),
    ...["--import", import.meta.resolve("#advice-in-bot")],
    ...(module === undefined ? [] : ["--import", module]),
    path,
  ]
}
