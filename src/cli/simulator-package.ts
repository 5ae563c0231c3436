import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { errorCode } from "../ground/error-text.js"
import { ExitError } from "./exit-error.js"
import { ownVersion } from "./own-version.js"
import {
  type SimulatorSource,
  simulatorName,
  simulatorSource,
  sounderRange,
} from "./simulator-source.js"

type SimulatorCommand = typeof import("@sounder/simulator/command")

/**
 * Loads the commands of `@sounder/simulator`, installed for Sounder or for the project of the current folder. Rejects
 * with advice on installation if the package is missing, or has a version other than Sounder's.
 *
 * The package is no peer dependency, because `npm ci --omit=dev` would install it.
 */
export async function simulatorCommand(): Promise<SimulatorCommand> {
  for (const place of [import.meta.url, join(process.cwd(), "package.json")]) {
    const installed = createRequire(place)
    const version = versionOf(installed)
    if (version === undefined) continue
    if (version !== ownVersion()) throw otherVersion(version)
    const file = installed.resolve(`${simulatorName}/command`)
    // The type describes this file, because both packages have the same version.
    return (await import(pathToFileURL(file).href)) as SimulatorCommand
  }
  throw new ExitError(1, missingText())
}

/** Returns the version of the simulator; `undefined` if the simulator is missing. */
function versionOf(installed: NodeJS.Require): string | undefined {
  try {
    // The package's own package.json has this field.
    return (installed(`${simulatorName}/package.json`) as { version: string }).version
  } catch (error) {
    if (errorCode(error) !== "MODULE_NOT_FOUND") throw error
    return undefined
  }
}

function missingText(): string {
  const { argument, isFile, isMissing } = projectSource()
  const others = isFile ? "" : `, or \`npx ${simulatorName}\``
  const make = isMissing
    ? ". In a clone of Sounder, `npm pack --workspace simulator` makes this file"
    : ""
  return `The simulator is a separate package, which is not installed: run \`npm install --save-dev ${argument}\` and the command again${others}${make}`
}

function otherVersion(version: string): ExitError {
  const install = `npm install --save-dev ${projectSource().argument}`
  return new ExitError(
    1,
    `Sounder is version ${ownVersion()}, its simulator ${version}: run \`${install}\``,
  )
}

/** Returns the source of the simulator for the project of the current folder. */
function projectSource(): SimulatorSource {
  const folder = process.cwd()
  return simulatorSource(folder, sounderRange(folder))
}
