import {
  dockerIgnored,
  dockerfile,
  extensionOf,
  environment,
  handlers,
  ignored,
  type Language,
  program,
  systemdUnit,
  test,
  tsconfig,
} from "./templates.js"

/** The answers to the questions of `sounder init`. */
export interface ProjectChoice {
  /** The name of the package. */
  readonly name: string
  /** The language of its sources. */
  readonly language: Language
  /** Whether a Dockerfile is written. */
  readonly hasDocker: boolean
  /** Whether a systemd unit is written. */
  readonly hasSystemd: boolean
}

/** Returns the files of a new project, without its package.json: contents by path. */
export function projectFiles(choice: ProjectChoice): ReadonlyMap<string, string> {
  return new Map([...sourceFiles(choice.language), ...deploymentFiles(choice)])
}

/** Returns the files of every project in a language: contents by path. */
export function sourceFiles(language: Language): ReadonlyMap<string, string> {
  const extension = extensionOf(language)
  const files = new Map([
    [`handlers.${extension}`, handlers(language)],
    [`handlers.test.${extension}`, test(language)],
    [`bot.${extension}`, program(language)],
    [".env.example", environment],
    [".gitignore", ignored],
  ])
  if (language === "typescript") files.set("tsconfig.json", tsconfig)
  return files
}

/** Returns the files of the chosen ways to deploy: contents by path. */
export function deploymentFiles(choice: ProjectChoice): ReadonlyMap<string, string> {
  const { name, language, hasDocker, hasSystemd } = choice
  const files = new Map<string, string>()
  if (hasDocker) files.set("Dockerfile", dockerfile(language)).set(".dockerignore", dockerIgnored)
  if (hasSystemd) files.set(`${name}.service`, systemdUnit(name, language))
  return files
}

/** The fields of a package.json that a new project reads and writes. */
export interface PackageJson {
  name?: string
  private?: boolean
  type?: string
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** The packages that TypeScript sources need, with the tested version ranges. */
const typeScriptPackages = { "@types/node": "^20.19.0", tsx: "^4.20.0", typescript: ">=5.8" }

/**
 * Returns the existing package.json extended by the fields of the project. Existing values are kept,
 * with three exceptions: `type`, because the sources are modules; npm's placeholder script `test`;
 * and the simulator, which moves to the development dependencies.
 *
 * @param version the version of Sounder that writes the project
 */
export function projectPackage(
  choice: ProjectChoice,
  existing: PackageJson,
  version: string,
): PackageJson {
  const extension = extensionOf(choice.language)
  const isTyped = choice.language === "typescript"
  const { test: testScript, ...scripts } = existing.scripts ?? {}
  const isPlaceholder = testScript === undefined || testScript.includes("no test specified")
  const runner = isTyped ? "node --import tsx --test" : "node --test"
  const { "@sounder/simulator": simulator, ...dependencies } = existing.dependencies ?? {}
  return {
    name: choice.name,
    private: true,
    ...existing,
    type: "module",
    scripts: {
      start: `sounder run bot.${extension}`,
      dev: `sounder dev bot.${extension}`,
      ...(isTyped ? { types: "tsc" } : {}),
      ...scripts,
      test: isPlaceholder ? `${runner} handlers.test.${extension}` : testScript,
    },
    dependencies: { sounder: `^${version}`, ...dependencies },
    devDependencies: {
      "@sounder/simulator": simulator ?? `^${version}`,
      ...(isTyped ? typeScriptPackages : {}),
      ...existing.devDependencies,
    },
  }
}
