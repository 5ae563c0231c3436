import {
  dockerIgnored,
  dockerfile,
  endingOf,
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
  /** Whether a unit of systemd is written. */
  readonly hasSystemd: boolean
}

/** Returns the files of a new project, without its package.json: contents by path. */
export function projectFiles(choice: ProjectChoice): ReadonlyMap<string, string> {
  const { name, language, hasDocker, hasSystemd } = choice
  const ending = endingOf(language)
  const files = new Map([
    [`handlers.${ending}`, handlers(language)],
    [`handlers.test.${ending}`, test(language)],
    [`bot.${ending}`, program(language)],
    [".env.example", environment],
    [".gitignore", ignored],
  ])
  if (language === "typescript") files.set("tsconfig.json", tsconfig)
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

/** Versions of the packages that TypeScript sources need; the ranges are those that were tried. */
const typeScriptPackages = { "@types/node": "^20.19.0", tsx: "^4.20.0", typescript: ">=5.8" }

/**
 * Returns a package.json with what the project needs added to what is there. What the file says
 * already is kept, but for `type`, because the sources are modules, for npm's placeholder of `test`,
 * and for the simulator, which a bot in production does without.
 *
 * @param version the version of Sounder that writes the project
 */
export function projectPackage(
  choice: ProjectChoice,
  found: PackageJson,
  version: string,
): PackageJson {
  const ending = endingOf(choice.language)
  const isTyped = choice.language === "typescript"
  const { test: testScript, ...scripts } = found.scripts ?? {}
  const isPlaceholder = testScript === undefined || testScript.includes("no test specified")
  const runner = isTyped ? "node --import tsx --test" : "node --test"
  const { "@sounder/simulator": simulator, ...dependencies } = found.dependencies ?? {}
  return {
    name: choice.name,
    private: true,
    ...found,
    type: "module",
    scripts: {
      start: `sounder run bot.${ending}`,
      dev: `sounder dev bot.${ending}`,
      ...(isTyped ? { types: "tsc" } : {}),
      ...scripts,
      test: isPlaceholder ? `${runner} handlers.test.${ending}` : testScript,
    },
    dependencies: { sounder: `^${version}`, ...dependencies },
    devDependencies: {
      "@sounder/simulator": simulator ?? `^${version}`,
      ...(isTyped ? typeScriptPackages : {}),
      ...found.devDependencies,
    },
  }
}
