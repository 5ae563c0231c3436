import { Command } from "commander"
import type { Output } from "./output.js"
import { simulatorCommand } from "./simulator-package.js"

/** Returns the entry of `sounder simulate` in the help; {@link simulate} runs the command. */
export function simulateCommand(): Command {
  return new Command("simulate").summary("simulate Telegram on this machine, with a chat page")
}

/**
 * Runs `sounder simulate`, the command of `@sounder/simulator`, which parses its arguments itself.
 * Rejects if the package is missing.
 */
export async function simulate(args: readonly string[], output: Output): Promise<number> {
  const { run } = await simulatorCommand()
  return run(args, { name: "sounder simulate", output })
}
