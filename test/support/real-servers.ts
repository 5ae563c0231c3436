import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

/** The programs that tests run where they are installed, and the Debian package of each. */
const packages = {
  caddy: "caddy",
  chromium: "chromium",
  haproxy: "haproxy",
  nginx: "nginx-light",
  openssl: "openssl",
  pebble: "pebble",
  "pebble-challtestsrv": "pebble",
  pgbouncer: "pgbouncer",
  prometheus: "prometheus",
  promtool: "prometheus",
  python3: "python3",
  slowhttptest: "slowhttptest",
  "systemd-socket-activate": "systemd",
  "systemd-analyze": "systemd",
  testssl: "testssl.sh",
} as const

/** What a test is given: enough of it to leave the test out. */
export interface Skippable {
  /** Ends the test here, with a reason that the run reports. */
  skip(reason?: string): never
}

/** A program that a test may need. */
export type ServerName = keyof typeof packages

/**
 * The path of a program. Where it is not installed, the test is skipped with a reason that says how
 * to install it; with `CI` set it fails instead, so that nothing is left out unnoticed.
 *
 * @example
 * ```ts
 * test("haproxy ends TLS", async (context) => {
 *   const haproxy = requireServer("haproxy", context)
 * })
 * ```
 */
export function requireServer(
  name: ServerName,
  context: Skippable,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const path = findProgram(name, environment.PATH)
  if (path) return path
  const reason = `${name} is not installed (on Debian: apt-get install ${packages[name]})`
  if (environment.CI && environment.CI !== "false") throw new Error(`With CI set, ${reason}`)
  return context.skip(reason)
}

/** Looks a program up on the path and where Debian keeps servers. */
export function findProgram(name: string, searchPath = ""): string | undefined {
  const folders = [...searchPath.split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"]
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
