import { writeSync } from "node:fs"
import { errorText } from "../../ground/error-text.js"
import { programErrorText, programFrames } from "./program-error.js"

/**
 * Prints an error that ends the process in place of Node, which begins with lines of its own source: the sentence, the
 * lines of the program, and advice if there is any. An error that the program catches itself, or of which
 * {@link programErrorText} knows nothing, is left to Node.
 *
 * @param adviceOn returns advice on an error; `undefined` without advice
 */
export function printUncaughtErrors(adviceOn: (error: unknown) => string | undefined): void {
  process.on("uncaughtExceptionMonitor", (error) => {
    const isCaught =
      process.listenerCount("uncaughtException") > 0 ||
      process.hasUncaughtExceptionCaptureCallback()
    if (isCaught) return
    const text = fatalErrorText(error, adviceOn(error))
    if (text !== undefined) endWith(text)
  })
}

/** Prints the text about an error, and ends the process. */
export function endWith(text: string): never {
  writeSync(process.stderr.fd, `${text}\n`)
  process.exit(1)
}

/** Returns the text about an error with its advice; `undefined` if Node prints the error better. */
export function fatalErrorText(error: unknown, advice: string | undefined): string | undefined {
  const known = programErrorText(error)
  if (advice === undefined) return known
  return `${known ?? [errorText(error), ...programFrames(error)].join("\n")}\n\n${advice}`
}
