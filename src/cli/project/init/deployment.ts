import { posix } from "node:path"
import { guidePath } from "../guide-path.js"
import type { PackageJson } from "./package-json.js"
import { dockerfile, dockerIgnored, systemdUnit } from "./templates.js"

/** The ways to deploy that `sounder init` writes files for. */
export interface DeploymentChoice {
  /** Whether a Dockerfile is written. */
  readonly hasDocker: boolean
  /** Whether a systemd unit is written. */
  readonly hasSystemd: boolean
}

/** A bot to deploy. */
export interface DeployedBot {
  /** The name of the package. */
  readonly name: string
  /** The path of the program in its folder. */
  readonly program: string
  /** The contents of its package.json. */
  readonly packageJson: PackageJson
}

/** The folder for packages that are installed from files, if they are in no folder of the project. */
const usualFolder = "packages"

/** Returns the files of the chosen ways to deploy: contents by path. */
export function deploymentFiles(
  bot: DeployedBot,
  { hasDocker, hasSystemd }: DeploymentChoice,
): ReadonlyMap<string, string> {
  const { name, program, packageJson } = bot
  const files = new Map<string, string>()
  if (hasDocker) {
    const packages = packageFiles(packageJson)
    const folder = packages.length === 0 ? undefined : (sharedFolder(packages) ?? usualFolder)
    files.set("Dockerfile", dockerfile(program, folder)).set(".dockerignore", dockerIgnored)
  }
  if (hasSystemd) files.set(`${name}.service`, systemdUnit(name, program))
  return files
}

/** Returns the commands that follow: build and run the image, or where the unit is explained. */
export function deploymentSteps(bot: DeployedBot, choice: DeploymentChoice): string {
  const { name, packageJson } = bot
  const docker = `
Next, for Docker:
${moveText(packageFiles(packageJson))}
  docker build -t ${name} .
  docker run --env-file .env --volume ${name}:/data ${name}
`
  const systemd = `
Next, for systemd: ${guidePath("first-bot")}, "Put it on a server",
copies the folder to /opt/${name} and starts ${name}.service.
`
  return (choice.hasDocker ? docker : "") + (choice.hasSystemd ? systemd : "")
}

/** Returns the commands that move packages into the folder; no commands if all are in it. */
function moveText(packages: readonly string[]): string {
  if (packages.length === 0 || sharedFolder(packages) !== undefined) return ""
  const moved = packages.map((path) => `./${usualFolder}/${posix.basename(path)}`)
  return `
An image contains only files of this folder, and package.json installs ${packages.join(" and ")}.
The Dockerfile expects the packages in ${usualFolder}/:

  mkdir -p ${usualFolder} && cp ${packages.join(" ")} ${usualFolder}/
  npm install ${moved.join(" ")}
`
}

/** Returns the files from which package.json installs packages. */
function packageFiles({ dependencies, devDependencies }: PackageJson): string[] {
  return Object.values({ ...devDependencies, ...dependencies })
    .filter((range) => range.startsWith("file:"))
    .map((range) => range.slice("file:".length))
}

/** Returns the folder of the project in which all packages are; `undefined` if there is no such folder. */
function sharedFolder(packages: readonly string[]): string | undefined {
  const folders = new Set(packages.map((path) => posix.dirname(posix.normalize(path))))
  const [folder = "."] = folders
  const isInside = folder !== "." && !folder.startsWith("..") && !posix.isAbsolute(folder)
  return folders.size === 1 && isInside ? folder : undefined
}
