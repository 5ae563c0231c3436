import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { basename, join, resolve } from "node:path"
import { Command } from "commander"
import { makeFolder } from "../../../ground/make-folder.js"
import { ExitError } from "../../exit-error.js"
import { ownVersion } from "../../own-version.js"
import { askKeptBot, askNewBot, type ChoiceFlags } from "./ask-choice.js"
import { deploymentFiles, deploymentSteps } from "./deployment.js"
import { changeText } from "./change-text.js"
import { additions, type BotProject } from "./door.js"
import { type ExistingProject, existingProject } from "./existing-project.js"
import { installPackages } from "./install-packages.js"
import { ignoreAdvice, nextSteps } from "./next-steps.js"
import { writePackage } from "./package-json.js"
import { extensionFor, projectPackage, settingFiles, sourceFiles } from "./project-plan.js"

interface Flags extends ChoiceFlags {
  readonly install: boolean
  readonly program?: string
}

/** A folder in which `sounder init` writes. */
interface Place {
  /** The folder as the user named it. */
  readonly folder: string
  /** Its absolute path. */
  readonly path: string
  readonly print: (text: string) => void
}

/** `sounder init [folder]`: writes a new bot, or adds Sounder to the project of a bot, and installs its packages. */
export function initCommand(print: (text: string) => void): Command {
  return new Command("init")
    .summary("write a new bot, or add Sounder to the project of a bot")
    .description(
      "Writes a new bot with a test into a folder, and installs its packages. In the project of a bot, of any " +
        "framework, keeps the program and adds only the scripts, packages and files that are missing. Asks at most " +
        "three questions; no file is replaced. With --docker or --systemd, a project that uses Sounder gets the files of a deployment only.",
    )
    .argument("[folder]", "the folder of the bot", ".")
    .option("-y, --yes", "ask nothing: TypeScript, without Docker and systemd")
    .option("--javascript", "JavaScript instead of TypeScript")
    .option("--program <file>", "the program of the bot that is in the folder")
    .option("--test", "with a test of the bot that is in the folder")
    .option("--docker", "with a Dockerfile")
    .option("--systemd", "with a systemd unit")
    .option("--no-install", "do not install the packages")
    .action(async (folder: string, flags: Flags) => {
      const path = resolve(folder)
      const place = { folder, path, print }
      const project = existingProject(path, flags.program)
      const { program } = project
      if (program === undefined) return writeBot(place, project, flags)
      return extend(place, { ...project, program }, flags)
    })
}

async function writeBot(place: Place, project: ExistingProject, flags: Flags): Promise<void> {
  const { folder, path, print } = place
  const choice = await askNewBot(flags, project.isTyped, print)
  const bot = { name: packageName(path), extension: extensionFor(choice.isTyped, project) }
  const packageJson = projectPackage(path, bot, project, ownVersion())
  const program = `bot.${bot.extension}`
  const deployed = { name: bot.name, program, packageJson }
  const files = new Map([
    ...sourceFiles(bot.extension),
    ...settingFiles(path, choice.isTyped),
    ...deploymentFiles(deployed, choice),
  ])
  await writeNew(path, files)
  writePackage(path, packageJson)
  print(`Wrote ${["package.json", ...files.keys()].join(", ")}.\n`)
  if (flags.install) await installPackages(path, print)
  const test = `handlers.test.${bot.extension}`
  print(nextSteps({ folder, program, test, packageJson, isInstalled: flags.install }))
  print(`\nThe handlers are in handlers.${bot.extension}.\n${ignoreAdvice(path)}`)
  print(deploymentSteps(deployed, choice))
}

/** Adds the missing parts to the project of a bot. */
async function extend(place: Place, project: BotProject, flags: Flags): Promise<void> {
  const { folder, path, print } = place
  const { program, packageJson: existing = {} } = project
  const isDeployment = flags.docker === true || flags.systemd === true
  const usesSounder =
    existing.dependencies?.["sounder"] !== undefined && existing.scripts !== undefined
  if (isDeployment && usesSounder) return deploy(place, project, flags)
  const { isWanted, hasTest } = await askKeptBot(flags, program, print)
  if (!isWanted)
    throw new ExitError(
      1,
      "For a new bot, run `sounder init` in another folder. No file was written",
    )
  const { files, packageJson, fields } = additions(path, project, hasTest, ownVersion())
  await writeNew(path, files)
  if (fields.length > 0) writePackage(path, packageJson)
  print(addedText(program, [...files.keys()], fields))
  if (flags.install && fields.length > 0) await installPackages(path, print)
  print(changeText(path, project))
  const test = [...files.keys()].find((name) => name.includes(".test."))
  print(nextSteps({ folder, program, test, packageJson, isInstalled: flags.install }))
  print(ignoreAdvice(path))
  if (isDeployment) await deploy(place, { ...project, packageJson }, flags)
}

/** Writes the files of a deployment into the folder of a bot. */
async function deploy({ path, print }: Place, project: BotProject, flags: Flags): Promise<void> {
  const { program, packageJson = {} } = project
  const bot = { name: packageName(path), program, packageJson }
  const choice = { hasDocker: flags.docker === true, hasSystemd: flags.systemd === true }
  const files = deploymentFiles(bot, choice)
  await writeNew(path, files)
  print(`Wrote ${[...files.keys()].join(", ")} for ${program}.\n${deploymentSteps(bot, choice)}`)
}

function addedText(program: string, files: readonly string[], fields: readonly string[]): string {
  const written = files.length === 0 ? [] : [`Wrote ${files.join(", ")}.`]
  const added = fields.length === 0 ? [] : [`Added ${fields.join(", ")} to package.json.`]
  const all = [...written, ...added]
  return `${all.length === 0 ? `The project of ${program} lacks nothing.` : all.join(" ")}\n`
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

/** @throws ExitError if one of the files exists, or a module of its name in another language */
async function writeNew(path: string, files: ReadonlyMap<string, string>): Promise<void> {
  const there = existsSync(path) ? readdirSync(path) : []
  const existing = [...files.keys()].flatMap((name) => there.filter((other) => isSame(name, other)))
  if (existing.length > 0)
    throw new ExitError(1, `${existing.join(", ")}: already there. No file was written`)
  await makeFolder(path)
  for (const [name, text] of files) writeFileSync(join(path, name), text)
}

/** Returns whether two names are those of one file, or of one module in two languages. */
function isSame(name: string, other: string): boolean {
  const stem = stemOf(name)
  return name === other || (stem !== undefined && stem === stemOf(other))
}

/** Returns the name of a module without its extension; `undefined` for a file that is no module. */
function stemOf(name: string): string | undefined {
  return /^(.+)\.[cm]?[jt]s$/.exec(name)?.[1]
}
