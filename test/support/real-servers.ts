import { accessSync, constants, readdirSync } from "node:fs"
import { delimiter, join } from "node:path"
import type { TestOptions } from "vitest"
import { isCi, leaveOut, type Skippable } from "./leave-out.js"
// The optional programs of the tests, each with its Debian package.
import packages from "./programs.json" with { type: "json" }

/** A program that a test may need. */
export type ServerName = keyof typeof packages

declare module "vitest" {
  interface TaskMeta {
    /** The reason to skip a test or suite. */
    skipReason?: string
  }
}

/**
 * Returns the path of a program. If the program is not installed, the test is skipped with a reason that says how to
 * install it; with `CI` set, the test fails instead. Call this function before the test opens a resource.
 *
 * @example
 * ```ts
 * test("haproxy terminates TLS", async (context) => {
 *   const haproxy = requireServer("haproxy", context)
 * })
 * ```
 */
export function requireServer(
  name: ServerName,
  context: Skippable,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  return findProgram(name, environment) ?? leaveOut(notInstalled(name), context, environment)
}

/**
 * Returns the options of a suite or test that needs programs. If one is missing, the suite or test is skipped with
 * the reason. Throws instead if `CI` is set.
 *
 * @example
 * ```ts
 * describe("PostgresQueue", { ...onlyWith("postgres"), timeout: 60_000 }, () => {})
 * ```
 */
export function onlyWith(...names: readonly ServerName[]): TestOptions {
  const missing = names.find((name) => findProgram(name) === undefined)
  if (missing === undefined) return {}
  const reason = notInstalled(missing)
  if (isCi(process.env)) throw new Error(`With CI set, ${reason}`)
  return { skip: true, meta: { skipReason: reason } }
}

/** Looks a program up on the path and where Debian keeps servers; finds none that is hidden. */
export function findProgram(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  if (isHidden(environment)) return undefined
  const folders = [
    ...(environment.PATH ?? "").split(delimiter),
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
    ...postgresFolders(),
  ]
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

/** Returns true if the run stands for a machine without these programs. */
export function isHidden(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment.SOUNDER_HIDE_PROGRAMS === "true"
}

/** Returns Debian's folders of PostgreSQL programs, the newest version first. */
function postgresFolders(folder = "/usr/lib/postgresql"): string[] {
  try {
    const versions = readdirSync(folder).sort((one, other) => Number(other) - Number(one))
    return versions.map((version) => join(folder, version, "bin"))
  } catch {
    return []
  }
}

function notInstalled(name: ServerName): string {
  return `${name} is not installed (on Debian: apt-get install ${packages[name]})`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
