import { existsSync, statSync } from "node:fs"
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
 * @throws ExitError if the given file is missing, or if the file is a folder or a socket
 */
export function environmentFile(given: string | undefined): string | undefined {
  if (given !== undefined) {
    expectEnvironmentFile(given)
    return given
  }
  if (!existsSync(".env")) return undefined
  expectReadableKind(".env", ".env", "Name another file with --env-file")
  return ".env"
}

/** @throws ExitError if the file of `--env-file` is missing, a folder or a socket */
export function expectEnvironmentFile(file: string): void {
  expectFile(file, "--env-file ")
  expectReadableKind(file, `--env-file ${file}`, "Name a file")
}

/** Accepts devices and named pipes: `--env-file /dev/null` and `--env-file <(…)` are in use. */
function expectReadableKind(file: string, name: string, advice: string): void {
  const stats = statSync(file)
  const kind = stats.isDirectory() ? "folder" : stats.isSocket() ? "socket" : undefined
  if (kind !== undefined) throw new ExitError(2, `${name} is a ${kind}, not a file. ${advice}`)
}

function expectFile(file: string, flag = ""): void {
  if (!existsSync(file)) throw new ExitError(2, `${flag}${file}: no such file`)
}
