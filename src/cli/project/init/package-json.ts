import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { errorSentence } from "../../../ground/error-text.js"
import { ExitError } from "../../exit-error.js"
import { simulatorSource } from "../../simulator-source.js"

/** The fields of a package.json that `sounder init` reads and writes. */
export interface PackageJson {
  name?: string
  private?: boolean
  type?: string
  main?: string
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/**
 * Returns the package.json of a folder; `undefined` if there is none.
 * @throws ExitError if the file contains no JSON object
 */
export function readPackage(folder: string): PackageJson | undefined {
  const file = join(folder, "package.json")
  if (!existsSync(file)) return undefined
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"))
    // npm reports fields of a wrong type.
    if (typeof parsed === "object" && parsed !== null) return parsed
  } catch (error) {
    throw new ExitError(1, `package.json is not valid: ${errorSentence(error)} No file was written`)
  }
  throw new ExitError(1, "package.json contains no object. No file was written")
}

/** Writes the package.json of a folder, with the indentation of the existing file. */
export function writePackage(folder: string, contents: PackageJson): void {
  const file = join(folder, "package.json")
  const before = existsSync(file) ? readFileSync(file, "utf8") : ""
  const indentation = /^([ \t]+)"/m.exec(before)?.[1] ?? "  "
  writeFileSync(file, `${JSON.stringify(contents, undefined, indentation)}\n`)
}

/** Returns whether a script is missing, or is the one that `npm init` writes. */
export function isMissing(script: string | undefined): boolean {
  return script === undefined || script.includes("no test specified")
}

/** Returns whether package.json names a package as a dependency. */
export function hasPackage({ dependencies, devDependencies }: PackageJson, name: string): boolean {
  return dependencies?.[name] !== undefined || devDependencies?.[name] !== undefined
}

/**
 * Returns package.json with Sounder as a dependency, and with the simulator as one for development.
 *
 * @param folder the folder of package.json
 */
export function withSounder(
  folder: string,
  existing: PackageJson,
  version: string,
  more: Readonly<Record<string, string>> = {},
): PackageJson {
  const { "@sounder/simulator": simulator, ...dependencies } = existing.dependencies ?? {}
  const source = simulatorSource(folder, dependencies["sounder"])
  const missing = Object.entries(more).filter(([name]) => !hasPackage(existing, name))
  return {
    ...existing,
    dependencies: { sounder: `^${version}`, ...dependencies },
    devDependencies: {
      "@sounder/simulator": simulator ?? source.range,
      ...Object.fromEntries(missing),
      ...existing.devDependencies,
    },
  }
}
