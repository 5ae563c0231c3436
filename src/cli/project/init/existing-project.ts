import { existsSync, readdirSync, readFileSync } from "node:fs"
import { extname, join, posix } from "node:path"
import { ExitError } from "../../exit-error.js"
import { isTypeScript } from "../type-script.js"
import { hasPackage, type PackageJson, readPackage } from "./package-json.js"

/** Frameworks and libraries for bots, as npm names them. */
const frameworks = ["grammy", "telegraf", "node-telegram-bot-api", "gramio", "puregram"] as const

const extensions = ["ts", "mts", "cts", "js", "mjs", "cjs"]

/** Returns the paths of programs of some names, in every language. */
function named(...names: readonly string[]): string[] {
  return names.flatMap((name) => extensions.map((extension) => `${name}.${extension}`))
}

const usualBots = named("bot", "src/bot")
const usualPrograms = named("index", "src/index", "main", "src/main", "app", "src/app")

/** Folders in which compilers write programs, and the folder with their sources. */
const compiled = /^(?:\.\/)?(?:dist|build|out|lib)\//

/** A folder in which `sounder init` begins. */
export interface ExistingProject {
  /** The contents of package.json; `undefined` without the file. */
  readonly packageJson: PackageJson | undefined
  /** The framework of the bot, as npm names it; `undefined` if there is none among the dependencies. */
  readonly framework: string | undefined
  /** The path of the bot's program, relative to the folder; `undefined` if the project has no bot. */
  readonly program: string | undefined
  /** Whether the project is in TypeScript; `undefined` if nothing shows its language. */
  readonly isTyped: boolean | undefined
  /** Whether the folder has sources whose kind of modules depends on `type` in package.json. */
  readonly hasSources: boolean
}

/**
 * Reads a folder, which may be missing.
 *
 * @param given the bot's program, relative to the folder; by default it is looked for
 * @throws ExitError if the folder has a program that may be a bot or not, or several ones
 */
export function existingProject(folder: string, given: string | undefined): ExistingProject {
  const packageJson = readPackage(folder)
  const framework = frameworks.find((name) => hasPackage(packageJson ?? {}, name))
  const program =
    given === undefined
      ? foundProgram(folder, packageJson ?? {}, framework)
      : expectProgram(folder, given)
  const sources = sourcesIn(folder)
  return {
    packageJson,
    framework,
    program,
    isTyped: languageOf(folder, packageJson, program, sources),
    hasSources: sources.length > 0,
  }
}

function languageOf(
  folder: string,
  packageJson: PackageJson | undefined,
  program: string | undefined,
  sources: readonly string[],
): boolean | undefined {
  if (program !== undefined) return isTypeScript(program)
  if (existsSync(join(folder, "tsconfig.json"))) return true
  if (hasPackage(packageJson ?? {}, "typescript")) return true
  return sources.length > 0 ? sources.some(isTypeScript) : undefined
}

function expectProgram(folder: string, given: string): string {
  if (existsSync(join(folder, given))) return posix.normalize(given.replaceAll("\\", "/"))
  throw new ExitError(2, `--program ${given}: no such file`)
}

function foundProgram(
  folder: string,
  packageJson: PackageJson,
  framework: string | undefined,
): string | undefined {
  const isThere = (path: string) => existsSync(join(folder, path))
  const started = startedPrograms(packageJson).find(isThere)
  const bots = usualBots.filter(isThere)
  if (started !== undefined && (framework !== undefined || bots.includes(started))) return started
  if (bots.length > 1) throw several(bots)
  if (bots[0] !== undefined) return bots[0]
  if (started !== undefined)
    throw new ExitError(
      1,
      `package.json starts ${started}. If this is your bot, run \`sounder init --program ${started}\`, which keeps it. For a new bot, run \`sounder init\` in another folder. No file was written`,
    )
  if (framework === undefined) return undefined
  const programs = usualPrograms.filter(isThere)
  if (programs.length === 1) return programs[0]
  if (programs.length > 1) throw several(programs)
  throw new ExitError(
    1,
    `This project depends on ${framework}, and its bot was not found. Name the program of the bot: \`sounder init --program FILE\`. No file was written`,
  )
}

function several(programs: readonly string[]): ExitError {
  return new ExitError(
    1,
    `${programs.join(" and ")} may be the bot: name one, as in \`sounder init --program ${programs[0]}\`. No file was written`,
  )
}

/** Returns the programs that package.json names: those that `npm start` runs, then `main`; the source of each first. */
function startedPrograms({ main, scripts }: PackageJson): string[] {
  const words = (scripts?.["start"] ?? "").split(/\s+/)
  const files = words
    .map((word) => word.replaceAll(/^["']|["']$/g, ""))
    .filter((word) => /\.[cm]?[jt]s$/.test(word))
  return [...files, ...(main === undefined ? [] : [main])]
    .map((file) => posix.normalize(file))
    .flatMap((file) => [...sourcesOf(file), file])
}

/** Returns the possible sources of a compiled program. */
function sourcesOf(file: string): string[] {
  if (!compiled.test(file)) return []
  const name = file.replace(compiled, "").slice(0, -extname(file).length)
  return named(`src/${name.replace(/^src\//, "")}`, name)
}

/** Returns the sources in a folder, and in the folders directly in it, that are modules of one kind or the other by `type`. */
function sourcesIn(folder: string, depth = 0): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules") return []
    if (entry.isDirectory()) return depth < 2 ? sourcesIn(join(folder, entry.name), depth + 1) : []
    return /\.[jt]sx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [entry.name] : []
  })
}

/** Returns whether a program runs as an ES module. */
export function isModule(folder: string, program: string, packageJson: PackageJson): boolean {
  const extension = extname(program)
  if (extension.startsWith(".m")) return true
  if (extension.startsWith(".c")) return false
  if (packageJson.type !== undefined) return packageJson.type === "module"
  // Without `type`, newer versions of Node run JavaScript with the syntax of ES modules as such.
  return extension === ".js" && /^import\s/m.test(readFileSync(join(folder, program), "utf8"))
}
