import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { PackageJson } from "./package-json.js"

/** A project that `sounder init` has written or extended. */
export interface WrittenProject {
  /** The folder as the user named it. */
  readonly folder: string
  /** The path of the program in the folder. */
  readonly program: string
  /** The test that was written; `undefined` if there is none. */
  readonly test: string | undefined
  readonly packageJson: PackageJson
  readonly isInstalled: boolean
}

/** Returns the commands that follow. A script of the user is no step: it may do anything. */
export function nextSteps(project: WrittenProject): string {
  const { folder, program, test, packageJson, isInstalled } = project
  const { scripts = {} } = packageJson
  const own = (script: string, command: string, short: string) =>
    scripts[script] === command ? short : `npx ${command}`
  const isOwnTest = ["sounder test", "node --test"].includes(scripts["test"] ?? "")
  const steps: [command: string, meaning: string][] = [
    ...(folder === "." ? [] : [[`cd ${shellQuoted(folder)}`, ""] as [string, string]]),
    ...(isInstalled ? [] : [["npm install", ""] as [string, string]]),
    ...(test === undefined
      ? []
      : [
          [
            isOwnTest ? "npm test" : `npx sounder test ${test}`,
            "talk to the bot as a simulated person",
          ] as [string, string],
        ]),
    [
      own("dev", `sounder dev ${program}`, "npm run dev"),
      "chat with it on a page; it restarts when you change a file",
    ],
    [
      own("start", `sounder run ${program}`, "npm start"),
      "run it on Telegram, with the token of @BotFather in .env",
    ],
  ]
  const width = Math.max(...steps.map(([command]) => command.length))
  const lines = steps.map(([command, meaning]) =>
    `  ${command.padEnd(width)}   ${meaning}`.trimEnd(),
  )
  return `\nNext:\n\n${lines.join("\n")}\n`
}

/** Returns advice on the lines that an existing .gitignore lacks; an empty text if it has all of them. */
export function ignoreAdvice(folder: string): string {
  const file = join(folder, ".gitignore")
  const lines = existsSync(file) ? readFileSync(file, "utf8").split(/\r?\n/) : []
  const missing = [".env", "updates.db*"].filter((line) => !lines.includes(line))
  if (missing.length === 0) return ""
  return `\nAdd ${missing.join(" and ")} to .gitignore, so that the token and the queue stay out of the repository.\n`
}

function shellQuoted(folder: string): string {
  return /^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`
}
