import { existsSync } from "node:fs"
import { errorCode, errorName, errorText } from "../../ground/error-text.js"
import { programSource } from "./program-source.js"

const variable = "BOT_TOKEN"

/**
 * Returns advice on where to put the bot's token, if a program ended with an error, the variable `BOT_TOKEN` is
 * not set, and the error or the program contains its name; `undefined` otherwise.
 *
 * @param path the path of the program
 * @param environment the file with the variables of the environment that was loaded
 */
export function missingTokenAdvice(
  error: unknown,
  path: string,
  environment: string | undefined,
): string | undefined {
  if (process.env["BOT_TOKEN"] || hasOtherCause(error)) return undefined
  // Other libraries, such as grammY, throw errors without the name of the variable.
  const isAbout = errorText(error).includes(variable) || programSource(path).includes(variable)
  if (!isAbout) return undefined
  if (environment !== undefined)
    return `${environment} sets no BOT_TOKEN: put the bot's token in it`
  const fix = existsSync(".env.example")
    ? "copy .env.example to .env and put the bot's token in it"
    : "create it with the line BOT_TOKEN=<the bot's token>"
  return `There is no .env in this folder: ${fix}, or name another file with --env-file`
}

/** Returns whether an error has a code, as that of a file in use, or is one of syntax. */
function hasOtherCause(error: unknown): boolean {
  return errorCode(error) !== "" || ["SyntaxError", "TransformError"].includes(errorName(error))
}
