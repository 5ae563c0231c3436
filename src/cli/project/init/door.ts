import { existsSync } from "node:fs"
import { join } from "node:path"
import { isTypeScript, runsTypeScript } from "../type-script.js"
import { ExitError } from "../../exit-error.js"
import type { ExistingProject } from "./existing-project.js"
import { localSources } from "./local-sources.js"
import { hasPackage, isMissing, type PackageJson, withSounder } from "./package-json.js"
import { testScript } from "./project-plan.js"
import { environment, ignored, programTest } from "./templates.js"

/** A project with a bot, which keeps its program. */
export interface BotProject extends ExistingProject {
  /** The path of the bot's program, relative to the folder. */
  readonly program: string
}

/** The files and fields that a project with a bot lacks. */
export interface Additions {
  /** New files: contents by path. */
  readonly files: ReadonlyMap<string, string>
  /** The extended package.json. */
  readonly packageJson: PackageJson
  /** The names of new scripts and of new packages. */
  readonly fields: readonly string[]
}

/**
 * Returns the files and fields that a project with a bot lacks. Nothing that is there changes.
 *
 * @param hasTest whether a test of the program is added
 * @param version the version of Sounder that is added
 * @throws ExitError if a test is wanted that would open the queue's file of `npm run dev`
 */
export function additions(
  folder: string,
  project: BotProject,
  hasTest: boolean,
  version: string,
): Additions {
  const existing = project.packageJson ?? {}
  const { program } = project
  if (hasTest) expectQueueOfTest(folder, program)
  const isTyped = isTypeScript(program)
  const tsx = isTyped && !runsTypeScript() ? { tsx: "^4.20.0" } : undefined
  const scripts = newScripts(program, existing, hasTest)
  const packageJson = withSounder(
    folder,
    { ...existing, scripts: { ...existing.scripts, ...scripts } },
    version,
    tsx,
  )
  const packages = ["sounder", "@sounder/simulator", ...Object.keys(tsx ?? {})]
  const usesTsx = tsx !== undefined || hasPackage(existing, "tsx")
  const test = programTest(isTyped && usesTsx ? ["--import", "tsx", program] : [program])
  const files = [
    [".env.example", environment],
    [".gitignore", ignored],
    ...(hasTest ? [[`bot.test.${isTyped ? "mts" : "mjs"}`, test]] : []),
  ] as [string, string][]
  return {
    files: new Map(files.filter(([name]) => !existsSync(join(folder, name)))),
    packageJson,
    fields: [...Object.keys(scripts), ...packages.filter((name) => !hasPackage(existing, name))],
  }
}

function newScripts(
  program: string,
  { scripts = {} }: PackageJson,
  hasTest: boolean,
): Record<string, string> {
  return {
    ...(scripts["start"] === undefined ? { start: `sounder run ${program}` } : {}),
    ...(scripts["dev"] === undefined ? { dev: `sounder dev ${program}` } : {}),
    ...(hasTest && isMissing(scripts["test"]) ? { test: testScript(isTypeScript(program)) } : {}),
  }
}

/** Throws if the program, or a module that it imports, names the file of its queue itself. */
function expectQueueOfTest(folder: string, program: string): void {
  for (const [file, text] of localSources(folder, program)) {
    if (!text.includes("new SqliteQueue(") || text.includes("UPDATES_FILE")) continue
    throw new ExitError(
      1,
      `${file} names the file of its queue itself, so that a test would open the file of \`npm run dev\`. Write \`path: process.env.UPDATES_FILE ?? "updates.db"\` in it, and run the command again. No file was written`,
    )
  }
}
