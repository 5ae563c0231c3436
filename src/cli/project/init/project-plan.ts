import { existsSync } from "node:fs"
import { join } from "node:path"
import type { ExistingProject } from "./existing-project.js"
import { isMissing, type PackageJson, withSounder } from "./package-json.js"
import {
  environment,
  type Extension,
  handlers,
  ignored,
  program,
  test,
  tsconfig,
} from "./templates.js"

/** A bot that `sounder init` writes. */
export interface WrittenBot {
  /** The name of the package. */
  readonly name: string
  /** The extension of its sources. */
  readonly extension: Extension
}

/** The packages that TypeScript sources need, with the tested version ranges. */
const typeScriptPackages = { "@types/node": "^20.19.0", tsx: "^4.20.0", typescript: ">=5.8" }

/**
 * Returns the extension of a new bot's sources. A folder with sources, or with `type` in its package.json, keeps its
 * kind of modules; the bot is of ES modules in each.
 */
export function extensionFor(isTyped: boolean, project: ExistingProject): Extension {
  const type = typeFor(project)
  if (isTyped) return type === "module" ? "ts" : "mts"
  return type === "module" ? "js" : "mjs"
}

function typeFor({ packageJson, hasSources }: ExistingProject): string {
  return packageJson?.type ?? (hasSources ? "commonjs" : "module")
}

/** Returns the sources of a new bot: contents by path. */
export function sourceFiles(extension: Extension): ReadonlyMap<string, string> {
  return new Map([
    [`handlers.${extension}`, handlers(extension)],
    [`handlers.test.${extension}`, test(extension)],
    [`bot.${extension}`, program(extension)],
  ])
}

/** Returns the settings of a new bot that its folder does not have yet: contents by path. */
export function settingFiles(folder: string, isTyped: boolean): ReadonlyMap<string, string> {
  const all = [
    [".env.example", environment],
    [".gitignore", ignored],
    ...(isTyped ? [["tsconfig.json", tsconfig]] : []),
  ] as const
  return new Map(all.filter(([name = ""]) => !existsSync(join(folder, name))) as [string, string][])
}

/**
 * Returns the existing package.json with the fields that a new bot needs and that are missing. Existing values stay,
 * but for npm's placeholder script `test`, and for the simulator, which moves to the development dependencies.
 *
 * @param version the version of Sounder that writes the project
 */
export function projectPackage(
  folder: string,
  { name, extension }: WrittenBot,
  project: ExistingProject,
  version: string,
): PackageJson {
  const existing = project.packageJson ?? {}
  const isTyped = extension.endsWith("ts")
  const scripts = { ...newScripts(extension), ...existing.scripts }
  const isTypeMissing = existing.type === undefined && typeFor(project) === "module"
  return withSounder(
    folder,
    {
      name,
      private: true,
      ...existing,
      ...(isTypeMissing ? { type: "module" } : {}),
      scripts: isMissing(scripts.test) ? { ...scripts, test: testScript(isTyped) } : scripts,
    },
    version,
    isTyped ? typeScriptPackages : {},
  )
}

function newScripts(extension: Extension): PackageJson["scripts"] & { test?: string } {
  return {
    start: `sounder run bot.${extension}`,
    dev: `sounder dev bot.${extension}`,
    ...(extension.endsWith("ts") ? { types: "tsc --noEmit" } : {}),
  }
}

/** Returns the script that runs all tests of a project. Node 20 has no patterns for tests in TypeScript. */
export function testScript(isTyped: boolean): string {
  return isTyped ? "sounder test" : "node --test"
}
