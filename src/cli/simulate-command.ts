import { Command } from "commander"
import { errorCode } from "../ground/error-text.js"
import { ExitError } from "./exit-error.js"
import type { Output } from "./output.js"

/** Returns the entry of `sounder simulate` in the help; {@link simulate} runs the command. */
export function simulateCommand(): Command {
  return new Command("simulate").summary("simulate Telegram on this machine, with a chat page")
}

/**
 * Runs `sounder simulate`, the command of `@sounder/simulator`, which parses its arguments itself.
 * Rejects with advice on installation if the package is missing.
 */
export async function simulate(args: readonly string[], output: Output): Promise<number> {
  const { run } = await command()
  return run(args, { name: "sounder simulate", output })
}

async function command(): Promise<typeof import("@sounder/simulator/command")> {
  try {
    return await import("@sounder/simulator/command")
  } catch (cause) {
    if (errorCode(cause) !== "ERR_MODULE_NOT_FOUND") throw cause
    const message =
      "The simulator is a separate package, which is not installed: run `npm install --save-dev @sounder/simulator` and the command again, or `npx @sounder/simulator`"
    throw new ExitError(1, message, { cause })
  }
}
