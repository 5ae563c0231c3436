import { existsSync } from "node:fs"
import { errorText } from "../../ground/error-text.js"

/**
 * Returns where a program's token belongs, if the program ended because the variable `BOT_TOKEN` is not set;
 * `undefined` for any other error.
 *
 * @param environment the file with the variables of the environment that was loaded
 */
export function missingTokenAdvice(
  error: unknown,
  environment: string | undefined,
): string | undefined {
  if (process.env["BOT_TOKEN"] || !errorText(error).includes("BOT_TOKEN")) return undefined
  if (environment !== undefined)
    return `${environment} sets no BOT_TOKEN: put the bot's token in it`
  const fix = existsSync(".env.example")
    ? "copy .env.example to .env and put the bot's token in it"
    : "create it with the line BOT_TOKEN=<the bot's token>"
  return `There is no .env in this folder: ${fix}, or name another file with --env-file`
}
