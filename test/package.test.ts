import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, posix } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { compiled, type Finished, finished, packageFolder } from "./support/built.js"
import { packedInto, type Tarballs } from "./support/packed.js"
import { subpaths } from "./support/public-names.js"

/** Both programs answer a command and a text, and print the user's messages. */
const program = (makeUpdater: string, type: string) => `
  import { Bot, filters, Updater } from "sounder"
  import { Simulator } from "@sounder/simulator"

  const telegram = await Simulator.start()
  const account = telegram.bot({ username: "parrot_bot" })
  const ada = telegram.user({ first_name: "Ada" })

  ${makeUpdater}
  updater.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
  updater.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
  await updater.startPolling()

  const heard${type} = []
  for (const text of ["/start", "One, two"]) {
    await ada.send(account, text)
    heard.push((await ada.hears()).text)
  }
  console.log(JSON.stringify(heard))
  await updater.stop()
  await telegram[Symbol.asyncDispose]()
`

const typescript = program(
  `const bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
   const updater: Updater = new Updater({ bot })`,
  ": (string | undefined)[]",
)

const javascript = program(
  `process.env.TELEGRAM_API_ROOT = telegram.apiRoot
   const updater = new Updater({ token: account.token })`,
  "",
)

const compilerOptions = {
  target: "es2022",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  strict: true,
  skipLibCheck: false,
  outDir: "out",
  types: ["node"],
  typeRoots: [join(packageFolder, "node_modules", "@types")],
}

describe("the tarball, installed into an empty project", () => {
  const project = mkdtempSync(join(tmpdir(), "sounder-package-"))
  const modules = join(project, "node_modules")
  const command = join(modules, ".bin", "sounder")
  let tarballs: Tarballs
  let withoutSimulator: object

  beforeAll(async () => {
    writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }))
    tarballs = await packedInto(project)
    await install(tarballs.sounder)
    const { status, output } = await finished(command, ["simulate"], project)
    withoutSimulator = { status, output, isThere: existsSync(join(modules, "@sounder")) }
    await install(tarballs.simulator)
  }, 180_000)

  /** Installs a tarball into the project. */
  async function install(
    tarball: string,
    into = project,
    options: readonly string[] = [],
  ): Promise<void> {
    const how = ["install", tarball, "--no-audit", "--no-fund", ...options]
    const installed = await npm(how, into)
    expect(installed, installed.output).toMatchObject({ status: 0 })
  }

  afterAll(() => rmSync(project, { recursive: true, force: true }))

  test("a bot in TypeScript compiles in strict mode, with checked libraries, and answers", async () => {
    writeFileSync(join(project, "bot.ts"), typescript)
    const config = { compilerOptions, files: ["bot.ts"] }
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config))
    expect(await compiled(project)).toEqual({ status: 0, output: "" })
    expect(await run("out/bot.js")).toEqual({ status: 0, output: `["Hello!","One, two"]\n` })
  })

  test("a bot in plain JavaScript answers", async () => {
    writeFileSync(join(project, "bot.js"), javascript)
    expect(await run("bot.js")).toEqual({ status: 0, output: `["Hello!","One, two"]\n` })
  })

  test.each([...subpaths().keys()].filter((subpath) => subpath !== "./tracing"))(
    "%s can be imported",
    async (subpath) => {
      const specifier = subpath.replace(/^\./, "sounder")
      writeFileSync(join(project, "subpath.js"), `import * as all from "${specifier}"`)
      expect(await run("subpath.js")).toEqual({ status: 0, output: "" })
    },
  )

  test("tracing without @opentelemetry/api says what to install", async () => {
    writeFileSync(join(project, "traced.js"), `import "sounder/tracing"`)
    const { status, output } = await run("traced.js")
    expect(status).not.toBe(0)
    expect(output).toContain("Cannot find package '@opentelemetry/api'")
  })

  test("a certificate of an authority without acme-client says what to install", async () => {
    const program = `
      import { AcmeCertificate } from "sounder/acme"
      import { WebhookServer } from "sounder"
      const certificate = new AcmeCertificate({ hosts: ["a.example.com"], termsOfServiceAgreed: true })
      const server = new WebhookServer({ port: 0, certificates: [certificate] })
      await server.start().catch(({ code, message }) => console.log(code + ": " + message))`
    writeFileSync(join(project, "authority.js"), program)
    const { status, output } = await run("authority.js")
    expect(status).toBe(0)
    expect(output).toMatch(/^acme-client-missing: .*npm install acme-client`\n$/)
  })

  test("the command prints its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string }
    const { status, output } = await finished(command, ["--version"], project)
    expect({ status, output: output.trim() }).toEqual({ status: 0, output: version })
  })

  test("the simulator is not installed with it, and `sounder simulate` says how to install it", () => {
    expect(withoutSimulator).toEqual({
      status: 1,
      isThere: false,
      output: expect.stringMatching(
        /run `npm install --save-dev \S*sounder-simulator-[\d.]+\.tgz` and the command again/,
      ),
    })
  })

  test("the tarball contains no file of the simulator or its page", () => {
    const files = readdirSync(join(modules, "sounder"), { recursive: true, encoding: "utf8" })
    expect(files.filter((name) => /^dist.simulator|static|\.(html|css)$/.test(name))).toEqual([])
  })

  test("the tarball contains the files that are run and read, no sources and no tests", () => {
    const files = readdirSync(join(project, "node_modules", "sounder"))
    expect(files.toSorted()).toEqual([
      "ARCHITECTURE.md",
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "dist",
      "docs",
      "examples",
      "package.json",
    ])
  })

  test("the man page lists every command, and each of its options in a line", () => {
    const { man } = JSON.parse(
      readFileSync(join(modules, "sounder", "package.json"), "utf8"),
    ) as Record<string, string>
    const page = readFileSync(join(modules, "sounder", man ?? ""), "utf8")
    for (const name of ["INIT", "SIMULATE", "QUEUE REPLAY", "WEBHOOK SET"]) {
      expect(page).toContain(`\n.SH SOUNDER ${name}\n`)
    }
    expect(page).toContain("\n.B \\-\\-state <file>\n")
  })

  test("every file to which types, README and user pages refer is in the tarball", () => {
    const installed = join(modules, "sounder")
    const pages = readdirSync(join(installed, "docs"), { recursive: true, encoding: "utf8" })
      // These pages describe the repository's own tests and programs.
      .filter((name) => name.endsWith(".md") && !/^(decisions\b|delivery|benchmarks)/.test(name))
      .map((name) => join("docs", name))
    const missing = ["README.md", "CHANGELOG.md", ...pages]
      .flatMap((page) => linksOf(page, readFileSync(join(installed, page), "utf8")))
      .concat(typesOf(installed).flatMap(({ text }) => text.match(/\bdocs\/[\w./-]+\w/g) ?? []))
      .filter((path) => !existsSync(join(installed, path)))
    expect([...new Set(missing)]).toEqual([])
  })

  test.each(["sounder", "@sounder/simulator"])(
    "no address in the manifest of %s is a placeholder, and without addresses it cannot be published",
    async (name) => {
      const manifest = join(modules, name, "package.json")
      expect(readFileSync(manifest, "utf8")).not.toMatch(/\.example\b/)
      const { repository, scripts } = JSON.parse(readFileSync(manifest, "utf8")) as {
        repository?: object
        scripts: Record<string, string>
      }
      const [program, script = ""] = scripts["prepublishOnly"]?.split(" ") ?? []
      expect([program, posix.basename(script)]).toEqual(["node", "check-addresses.mjs"])
      const check = join(packageFolder, "scripts", "check-addresses.mjs")
      const { status, output } = await finished(process.execPath, [check], join(modules, name))
      expect(status).toBe(repository === undefined ? 1 : 0)
      if (status === 1) expect(output).toContain("`repository.url` in package.json")
    },
  )

  test("every file is named for its contents", () => {
    const files = readdirSync(join(modules, "sounder", "dist", "shared"))
    expect(files.length).toBeGreaterThan(10)
    // Such as errors-BRm-wYvv.js: a hash would stand in every stack.
    expect(files.filter((name) => /[A-Z_]/.test(name))).toEqual([])
  })

  test("the installed package takes less than 15 MB, optional packages excluded", async () => {
    const bare = join(project, "bare")
    mkdirSync(bare)
    writeFileSync(join(bare, "package.json"), JSON.stringify({ private: true }))
    await install(tarballs.sounder, bare, ["--omit=optional"])
    expect(sizeOf(bare)).toBeLessThan(15_000_000)
  })

  // Either setting alone misses faults: lib.dom declares what Node's types do, and less.
  const settings = [true, false].flatMap((skipLibCheck) =>
    [["node"], []].flatMap((types) =>
      [
        { module: "nodenext" },
        { module: "node20" },
        { module: "preserve", moduleResolution: "bundler" },
      ].map((modules) => ({ skipLibCheck, types, ...modules })),
    ),
  )
  const everything = [...subpaths().keys()]
    .filter((subpath) => subpath !== "./tracing") // which needs @opentelemetry/api
    .map((subpath, index) => `import * as part${index} from "sounder${subpath.slice(1)}"`)
  everything.push(`import * as part${everything.length} from "@sounder/simulator"`)
  const asModule = `${everything.join("\n")}
    export const parts = [${everything.map((_, index) => `part${index}`).join()}]`
  const asCommonJs = `import sounder = require("sounder")
    export const updater: sounder.Updater = new sounder.Updater({ token: "1:a" })`

  test.each(settings)("a consumer's compiler finds no error: %j", async (options) => {
    writeFileSync(join(project, "parts.ts"), asModule)
    writeFileSync(join(project, "required.cts"), asCommonJs)
    const { typeRoots } = compilerOptions
    const own = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: "es2022" }
    const config = {
      compilerOptions: { ...own, typeRoots, ...options },
      files: options.module === "preserve" ? ["parts.ts"] : ["parts.ts", "required.cts"],
    }
    writeFileSync(join(project, "tsconfig.consumer.json"), JSON.stringify(config))
    expect(await compiled(project, "tsconfig.consumer.json")).toEqual({ status: 0, output: "" })
  })

  test("CommonJS can load it with require", async () => {
    writeFileSync(join(project, "required.cjs"), `console.log(typeof require("sounder").Updater)`)
    const { status, output } = await run("required.cjs")
    expect(status).toBe(0)
    expect(output).toContain("function")
  })

  const run = (file: string) => finished(process.execPath, [file], project)
})

/** Returns the files of a package to which a page links, as paths in the package. */
function linksOf(page: string, text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)#\s]+)|(?:src|srcset)="([^"]+)"/g)]
  return targets
    .map(([, link, picture]) => link ?? picture ?? "")
    .filter((target) => target !== "" && !/^\w+:/.test(target))
    .map((target) => posix.join(posix.dirname(page), target))
}

function typesOf(folder: string): { name: string; text: string }[] {
  return readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => ({ name, text: readFileSync(join(folder, "dist", name), "utf8") }))
}

function sizeOf(folder: string): number {
  return readdirSync(join(folder, "node_modules"), { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, "node_modules", name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
}

/** Runs npm in a folder, without the settings of an npm that runs these tests. */
function npm(args: readonly string[], folder: string): Promise<Finished> {
  const own = process.env.npm_execpath ?? ""
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_)|_prefix$/i.test(name),
  )
  const environment = Object.fromEntries(kept)
  return /npm-cli\.c?js$/.test(own)
    ? finished(process.execPath, [own, ...args], folder, environment)
    : finished("npm", args, folder, environment)
}
