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
  expectEnvironmentFile(given)
  return given
}

/** @throws ExitError where the file of `--env-file` is missing */
export function expectEnvironmentFile(file: string): void {
  expectFile(file, "--env-file ")
}

function expectFile(file: string, flag = ""): void {
  if (!existsSync(file)) throw new ExitError(2, `${flag}${file}: no such file`)
}
