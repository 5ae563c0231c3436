import { existsSync, readFileSync } from "node:fs"
import { join, posix } from "node:path"
import { ownVersion } from "./own-version.js"

/** The name of the package of the simulator. */
export const simulatorName = "@sounder/simulator"

/** The source from which npm installs the simulator. */
export interface SimulatorSource {
  /** The version range, or `file:` and a path. */
  readonly range: string
  /** The argument of `npm install`. */
  readonly argument: string
  /** Whether npm installs a file or a folder, as before the first release. */
  readonly isFile: boolean
  /** Whether that file is missing. */
  readonly isMissing: boolean
}

/**
 * Returns the source of the simulator of a project: the file next to the file from which the project installs Sounder,
 * otherwise the registry of npm.
 *
 * @param folder the folder of the project
 * @param sounder the version range of Sounder in package.json
 */
export function simulatorSource(folder: string, sounder: string | undefined): SimulatorSource {
  const version = ownVersion()
  if (sounder?.startsWith("file:") !== true)
    return {
      range: `^${version}`,
      argument: `${simulatorName}@${version}`,
      isFile: false,
      isMissing: false,
    }
  const path = sounder.slice("file:".length)
  const file = path.endsWith(".tgz")
    ? posix.join(posix.dirname(path), `sounder-simulator-${version}.tgz`)
    : posix.join(path, "simulator")
  const isRelative = !posix.isAbsolute(file)
  const argument = isRelative && !file.startsWith(".") ? `./${file}` : file
  const isMissing = !existsSync(isRelative ? join(folder, file) : file)
  return { range: `file:${file}`, argument, isFile: true, isMissing }
}

/** Returns the version range of Sounder in the package.json of a folder; `undefined` without one. */
export function sounderRange(folder: string): string | undefined {
  try {
    // npm writes this form; a file of another form has no range.
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    ) as Record<string, Record<string, string> | undefined>
    const range: unknown = dependencies?.["sounder"] ?? devDependencies?.["sounder"]
    return typeof range === "string" ? range : undefined
  } catch {
    return undefined
  }
}
