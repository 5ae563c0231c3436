import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join, resolve } from "node:path"
import { Command } from "commander"
import { ExitError } from "../../exit-error.js"
import { ownVersion } from "../../own-version.js"
import { askChoice, type ChoiceFlags } from "./ask-choice.js"
import { installPackages } from "./install-packages.js"
import {
  deploymentFiles,
  type PackageJson,
  type ProjectChoice,
  projectFiles,
  projectPackage,
  sourceFiles,
} from "./project-plan.js"
import { extensionOf, type Language } from "./templates.js"

interface Flags extends ChoiceFlags {
  readonly install: boolean
}

/** `sounder init [folder]`: writes a bot with its test, and installs the packages of the bot. */
export function initCommand(print: (text: string) => void): Command {
  return new Command("init")
    .summary("write a new bot, with a test")
    .description(
      "Writes a new bot with a test into a folder, and installs its packages. Asks at most three " +
        "questions; no file is replaced. In a folder with a bot, --docker and --systemd add their files only.",
    )
    .argument("[folder]", "the folder of the bot", ".")
    .option("-y, --yes", "ask nothing: TypeScript, without Docker and systemd")
    .option("--javascript", "JavaScript instead of TypeScript")
    .option("--docker", "with a Dockerfile")
    .option("--systemd", "with a systemd unit")
    .option("--no-install", "do not install the packages")
    .action(async (folder: string, flags: Flags) => {
      const path = resolve(folder)
      if (flags.docker === true || flags.systemd === true) {
        const language = existingLanguage(path, flags.javascript)
        if (language !== undefined) return addDeployment(path, language, flags, print)
      }
      const choice: ProjectChoice = { name: packageName(path), ...(await askChoice(flags)) }
      const files = projectFiles(choice)
      writeNew(path, files)
      writePackage(path, choice)
      print(`Wrote ${["package.json", ...files.keys()].join(", ")}.\n`)
      if (flags.install) await installPackages(path, print)
      print(nextSteps(folder, choice, flags.install))
    })
}

/** Returns the language of the bot in a folder; `undefined` if the folder has no file that `init` would write. */
function existingLanguage(path: string, isJavaScript: boolean | undefined): Language | undefined {
  const given = isJavaScript === true ? "javascript" : undefined
  const found = (["typescript", "javascript"] as const).find((language) =>
    existsSync(join(path, `bot.${extensionOf(language)}`)),
  )
  const language = given ?? found ?? "typescript"
  const isBot = [...sourceFiles(language).keys()].some((name) => existsSync(join(path, name)))
  return isBot ? language : undefined
}

/** Writes the files of a deployment into the folder of a bot. */
function addDeployment(
  path: string,
  language: Language,
  { docker: hasDocker = false, systemd: hasSystemd = false }: ChoiceFlags,
  print: (text: string) => void,
): void {
  const files = deploymentFiles({ name: packageName(path), language, hasDocker, hasSystemd })
  writeNew(path, files)
  const program = `bot.${extensionOf(language)}`
  print(`Wrote ${[...files.keys()].join(", ")} for ${program}.\n`)
}

/** Returns a valid npm package name, derived from the name of the folder. */
function packageName(path: string): string {
  const name = basename(path)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+/, "")
  // npm refuses a package with the same name as one of its dependencies.
  return name === "" || name === "sounder" ? "my-bot" : name
}

/** @throws ExitError if one of the files exists */
function writeNew(path: string, files: ReadonlyMap<string, string>): void {
  const existing = [...files.keys()].filter((name) => existsSync(join(path, name)))
  if (existing.length > 0)
    throw new ExitError(1, `${existing.join(", ")}: already there. No file was written`)
  mkdirSync(path, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(path, name), text)
}

function writePackage(path: string, choice: ProjectChoice): void {
  const file = join(path, "package.json")
  // The user's own package.json; npm reports fields of a wrong type.
  const existing = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackageJson) : {}
  const extended = projectPackage(choice, existing, ownVersion())
  writeFileSync(file, `${JSON.stringify(extended, undefined, 2)}\n`)
}

function nextSteps(folder: string, { language }: ProjectChoice, isInstalled: boolean): string {
  const steps = [
    ...(folder === "." ? [] : [[`cd ${shellQuoted(folder)}`, ""]]),
    ...(isInstalled ? [] : [["npm install", ""]]),
    ["npm test", "talk to the bot as a simulated person"],
    ["npm run dev", "chat with it on a page; it restarts when you change a file"],
    ["npm start", "run it on Telegram, with the token of @BotFather in .env"],
  ]
  const lines = steps.map(([command = "", meaning]) =>
    `  ${command.padEnd(14)}${meaning}`.trimEnd(),
  )
  return `\nNext:\n\n${lines.join("\n")}\n\nThe handlers are in handlers.${extensionOf(language)}.\n`
}

function shellQuoted(folder: string): string {
  return /^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`
}
