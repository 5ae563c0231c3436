import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { leaveOut, type Skippable } from "./leave-out.js"

/** The private package of the other frameworks and their bots. */
export const peersFolder = fileURLToPath(new URL("../../simulator/test/peers/", import.meta.url))

/**
 * Installs the frameworks of npm, unless they are installed. If the installation fails, the test is skipped with the
 * reason; with `CI` set, the test fails instead.
 *
 * @param folder the folder of `package-lock.json`
 */
export function requirePackages(
  context: Skippable,
  { folder = peersFolder, environment = process.env } = {},
): void {
  using _lock = new FolderLock(folder)
  if (isInstalled(folder)) return
  process.stderr.write(`Installing the frameworks of other bots (npm ci in ${folder}) …\n`)
  const { file, args } = npmCommand(environment)
  const npm = spawnSync(file, [...args, "ci"], {
    cwd: folder,
    encoding: "utf8",
    // A plug-in requires a newer Node than this package; its bot adds the missing function.
    env: { ...environment, npm_config_engine_strict: "false" },
  })
  if (npm.status === 0) return
  const said = npm.error?.message ?? npm.stderr.trim()
  leaveOut(`npm ci in ${folder} failed: ${said}`, context, environment)
}

/** Returns true if npm's record of its last install has every version of the lock file. */
function isInstalled(folder: string): boolean {
  const noted = join(folder, "node_modules", ".package-lock.json")
  if (!existsSync(noted)) return false
  const found = versionsOf(noted)
  const wanted = versionsOf(join(folder, "package-lock.json"))
  return [...wanted].every(([path, version]) => path === "" || found.get(path) === version)
}

function versionsOf(lockFile: string): Map<string, string> {
  // npm's own file
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8")) as {
    packages: Record<string, { version: string }>
  }
  return new Map(Object.entries(packages).map(([path, { version }]) => [path, version]))
}

function npmCommand({ npm_execpath: started = "" }: NodeJS.ProcessEnv) {
  const isNpm = /npm-cli\.c?js$/.test(started)
  return isNpm ? { file: process.execPath, args: [started] } : { file: "npm", args: [] }
}

/** A lock that lets one process at a time install into a folder: test files run in parallel. */
class FolderLock implements Disposable {
  readonly #path: string

  constructor(folder: string) {
    this.#path = join(folder, ".installing")
    while (!this.#take()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true, force: true })
  }

  #take(): boolean {
    try {
      mkdirSync(this.#path)
      return true
    } catch {
      this.#forgetAbandoned()
      return false
    }
  }

  /** Removes the lock of a process that was killed during an installation. */
  #forgetAbandoned(): void {
    const since = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
    if (Date.now() - since > 300_000) this[Symbol.dispose]()
  }
}
