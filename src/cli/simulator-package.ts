import { errorCode } from "../ground/error-text.js"
import { ExitError } from "./exit-error.js"

/** Loads the commands of `@sounder/simulator`. Rejects with advice on installation if the package is missing. */
export async function simulatorCommand(): Promise<typeof import("@sounder/simulator/command")> {
  try {
    return await import("@sounder/simulator/command")
  } catch (cause) {
    if (errorCode(cause) !== "ERR_MODULE_NOT_FOUND") throw cause
    const message =
      "The simulator is a separate package, which is not installed: run `npm install --save-dev @sounder/simulator` and the command again, or `npx @sounder/simulator`"
    throw new ExitError(1, message, { cause })
  }
}
