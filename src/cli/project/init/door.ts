import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { isTypeScript, runsTypeScript } from "../type-script.js"
import { type ExistingProject, isModule } from "./existing-project.js"
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
 */
export function additions(
  folder: string,
  project: BotProject,
  hasTest: boolean,
  version: string,
): Additions {
  const existing = project.packageJson ?? {}
  const { program } = project
  const isTyped = isTypeScript(program)
  const tsx = isTyped && !runsTypeScript() ? { tsx: "^4.20.0" } : undefined
  const scripts = newScripts(program, existing, hasTest)
  const packageJson = withSounder(
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

/** The start of each framework's bot, and the option with the URL of Telegram. */
const frameworkStarts = {
  grammy: { start: "bot.start()", option: "new Bot(token, { client: { apiRoot } })" },
  telegraf: { start: "bot.launch()", option: "new Telegraf(token, { telegram: { apiRoot } })" },
} as const

/**
 * Returns the change that a person makes in the program, so that Sounder receives for it. Returns an empty text if the
 * program names Sounder already.
 */
export function changeText(folder: string, project: BotProject): string {
  const { program, framework, packageJson = {} } = project
  if (/["']sounder\b/.test(readFileSync(join(folder, program), "utf8"))) return ""
  if (framework !== "grammy" && framework !== "telegraf")
    return `
${program} stays as it is. On the simulator it needs the URL in the environment variable TELEGRAM_API_ROOT in place of
https://api.telegram.org, and its token in BOT_TOKEN.
`
  const { start, option } = frameworkStarts[framework]
  const isEsm = isModule(folder, program, packageJson)
  const run = `${isEsm ? "await " : ""}receive(bot, { queue }).runPolling()`
  const load = (names: string, module: string) =>
    isEsm || isTypeScript(program)
      ? `import { ${names} } from "${module}"`
      : `const { ${names} } = require("${module}")`
  return `
${program} stays as it is. To receive with Sounder, replace \`${start}\` in it by:

  ${load("receive", `sounder/${framework}`)}
  ${load("SqliteQueue", "sounder/sqlite")}

  const queue = new SqliteQueue({ path: "updates.db" })
  ${run}

and for the simulator, give the bot its URL, as in \`${option}\`:

  const apiRoot = process.env.TELEGRAM_API_ROOT ?? "https://api.telegram.org"

docs/guides/existing-bots.md has the rest: sessions, webhooks, and what changes for the bot.
`
}
