import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { ExitError } from "../exit-error.js"

/**
 * Returns the path of a program.
 * @throws ExitError if the file is missing
 */
export function programFile(file: string): string {
  expectFile(file)
  return resolve(file)
}

/**
 * Returns the file with the environment variables: the given file, otherwise the `.env` of the
 * current folder, if there is one.
 *
 * @throws ExitError if the given file is missing
 */
export function environmentFile(given: string | undefined): string | undefined {
  if (given === undefined) return existsSync(".env") ? ".env" : undefined
  expectFile(given)
  return given
}

function expectFile(file: string): void {
  if (!existsSync(file)) throw new ExitError(2, `${file}: no such file`)
}
