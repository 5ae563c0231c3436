import { createRequire } from "node:module"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { ExitError } from "../exit-error.js"

/** Returns whether a file is TypeScript, by its name. */
export function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file)
}

/**
 * Returns the URL of a module that enables TypeScript in Node when it is imported: the `tsx` that is installed
 * for the program, or in the current folder. Returns `undefined` for JavaScript. Also returns `undefined` if
 * `tsx` is missing and Node itself runs TypeScript; Node then needs file extensions in imports, and types that can be
 * erased.
 *
 * @throws ExitError if Node does not run TypeScript and `tsx` is not installed
 */
export function typeScriptModule(program: string): string | undefined {
  if (!isTypeScript(program)) return undefined
  const installed = [program, join(process.cwd(), "package.json")].flatMap(installedTsx)
  if (installed[0] !== undefined) return pathToFileURL(installed[0]).href
  if (runsTypeScript()) return undefined
  // If package.json names `tsx`, only the installation is missing.
  const command = namesTsx(dirname(program)) ? "npm install" : "npm install --save-dev tsx"
  throw new ExitError(
    1,
    `Node ${process.version} does not run TypeScript. Run \`${command}\`, or use Node 22.18 or newer`,
  )
}

/** Returns whether Node itself runs TypeScript. */
export function runsTypeScript(): boolean {
  const { features } = process as { features: { typescript?: string | false } }
  return typeof features.typescript === "string"
}

function installedTsx(place: string): string[] {
  try {
    return [createRequire(place).resolve("tsx")]
  } catch {
    return []
  }
}

/** Returns whether the package.json of a folder, or of the nearest folder above that has one, names tsx. */
function namesTsx(folder: string): boolean {
  try {
    return readFileSync(join(folder, "package.json"), "utf8").includes('"tsx"')
  } catch {
    const above = dirname(folder)
    return above !== folder && namesTsx(above)
  }
}
