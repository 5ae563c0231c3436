/**
 * The command that plays Telegram, for programs that offer it under a name of their own.
 *
 * @module
 */
import { CommanderError } from "commander"
import type { CommandOutput } from "./command-output.js"
import { simulateCommand } from "./simulate-command.js"

export type { CommandOutput } from "./command-output.js"

/** Options of the command. */
export interface CommandOptions {
  /** The name in its help and its errors. Default: `telegram-simulator`. */
  readonly name?: string
  /** Default: the terminal. */
  readonly output?: CommandOutput
}

const terminal: CommandOutput = {
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
}

/**
 * Plays Telegram until SIGINT or SIGTERM. Errors are written as one line.
 *
 * @param args as on a command line, without the name of the program
 * @returns the exit code: 0, 1 where something went wrong, 2 for arguments that cannot be right
 */
export async function run(args: readonly string[], options: CommandOptions = {}): Promise<number> {
  const { name = "telegram-simulator", output = terminal } = options
  const [program = name] = name.split(" ")
  try {
    await simulateCommand(name, output).parseAsync(args, { from: "user" })
    return 0
  } catch (error) {
    // Commander has written the reason itself; it throws after its help, too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    output.complain(`${program}: ${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof TypeError ? 2 : 1
  }
}
