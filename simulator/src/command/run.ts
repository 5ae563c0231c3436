/**
 * The command that simulates Telegram, callable by other programs under a name of their own.
 *
 * @module
 */
import { CommanderError } from "commander"
import type { CommandOutput } from "./command-output.js"
import { simulateCommand } from "./simulate-command.js"

export type { CommandOutput } from "./command-output.js"
export type { Key } from "./keys.js"
export {
  developmentToken,
  TerminalTelegram,
  type TerminalTelegramOptions,
} from "./terminal-telegram.js"
import { errorMessage } from "../ground/thrown-error.js"

/** Options of {@link run}. */
export interface CommandOptions {
  /** The name of the command in its help and errors. Default: `telegram-simulator`. */
  readonly name?: string
  /** The streams for results and errors. Default: those of the process. */
  readonly output?: CommandOutput
}

const terminal: CommandOutput = {
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
}

/**
 * Simulates Telegram until SIGINT or SIGTERM. Prints an error as one line.
 *
 * @param args the arguments of the command line, without the name of the program
 * @returns the exit code: 0, 1 after a failure, 2 for invalid arguments
 */
export async function run(args: readonly string[], options: CommandOptions = {}): Promise<number> {
  const { name = "telegram-simulator", output = terminal } = options
  const [program = name] = name.split(" ")
  try {
    await simulateCommand(name, output).parseAsync(args, { from: "user" })
    return 0
  } catch (error) {
    // Commander has already printed the error; it also throws after printing help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    output.complain(`${program}: ${errorMessage(error)}\n`)
    return error instanceof TypeError ? 2 : 1
  }
}
