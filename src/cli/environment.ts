/**
 * The variables of the environment that commands read from a file.
 *
 * @module
 */
import { statSync } from "node:fs"
import { Option } from "commander"
import { expectEnvironmentFile } from "./project/program-file.js"

/** Returns the option `--env-file`. */
export function environmentOption(): Option {
  const meaning = "the file with the variables of the environment; by default .env, if it is there"
  return new Option("--env-file <file>", meaning)
}

/**
 * Loads the given file into the environment, otherwise the `.env` of the current folder if it is a file.
 * Variables that are already set keep their values.
 *
 * Node finds its own option `--env-file` among the arguments of the program too, so a missing file ends Node
 * with its own message and exit code 9 before this function is called.
 *
 * @throws ExitError if the given file is missing, a folder or a socket
 */
export function loadEnvironment(given: string | undefined): void {
  if (given !== undefined) expectEnvironmentFile(given)
  const isDefaultThere = statSync(".env", { throwIfNoEntry: false })?.isFile() ?? false
  const file = given ?? (isDefaultThere ? ".env" : undefined)
  if (file !== undefined) process.loadEnvFile(file)
}
