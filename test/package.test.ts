import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { built, compiled, type Finished, finished, packageFolder } from "./support/built.js"
import { subpaths } from "./support/public-names.js"

/** What both programs do: answer a command and a text, and say what their user heard. */
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
  let withoutSimulator: object

  beforeAll(async () => {
    await built()
    writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }))
    await install(packageFolder)
    const { status, output } = await finished(command, ["simulate"], project)
    withoutSimulator = { status, output, isThere: existsSync(join(modules, "@sounder")) }
    await install(join(packageFolder, "simulator"))
  }, 180_000)

  /** Packs a package and installs its tarball into the project. */
  async function install(folder: string): Promise<void> {
    const packed = await npm(["pack", folder, "--ignore-scripts"], project)
    const tarball = /\S+\.tgz$/m.exec(packed.output)?.[0] ?? ""
    const installed = await npm(["install", `./${tarball}`, "--no-audit", "--no-fund"], project)
    expect(installed, installed.output).toMatchObject({ status: 0 })
  }

  afterAll(() => rmSync(project, { recursive: true, force: true }))

  test("a bot in TypeScript compiles in strict mode, its libraries checked too, and answers", async () => {
    writeFileSync(join(project, "bot.ts"), typescript)
    const config = { compilerOptions, files: ["bot.ts"] }
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config))
    expect(await compiled(project)).toEqual({ status: 0, output: "" })
    expect(await run("out/bot.js")).toEqual({ status: 0, output: `["Hello!","One, two"]\n` })
  }, 60_000)

  test("a bot in plain JavaScript answers", async () => {
    writeFileSync(join(project, "bot.js"), javascript)
    expect(await run("bot.js")).toEqual({ status: 0, output: `["Hello!","One, two"]\n` })
  }, 60_000)

  test.each([...subpaths().keys()].filter((subpath) => subpath !== "./tracing"))(
    "%s can be imported",
    async (subpath) => {
      const specifier = subpath.replace(/^\./, "sounder")
      writeFileSync(join(project, "subpath.js"), `import * as all from "${specifier}"`)
      expect(await run("subpath.js")).toEqual({ status: 0, output: "" })
    },
  )

  test("traces without @opentelemetry/api: what to install is said", async () => {
    writeFileSync(join(project, "traced.js"), `import "sounder/tracing"`)
    const { status, output } = await run("traced.js")
    expect(status).not.toBe(0)
    expect(output).toContain("Cannot find package '@opentelemetry/api'")
  })

  test("a certificate of an authority is asked for without acme-client: what to install is said", async () => {
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

  test("the command says its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string }
    const { status, output } = await finished(command, ["--version"], project)
    expect({ status, output: output.trim() }).toEqual({ status: 0, output: version })
  })

  test("the simulator is not installed with it, and `sounder simulate` says how it comes", () => {
    expect(withoutSimulator).toEqual({
      status: 1,
      isThere: false,
      output: expect.stringContaining("run `npm install --save-dev @sounder/simulator`"),
    })
  })

  test("the tarball has no file of the simulator and none of its page", () => {
    const files = readdirSync(join(modules, "sounder"), { recursive: true, encoding: "utf8" })
    expect(files.filter((name) => /^dist.simulator|static|\.(html|css)$/.test(name))).toEqual([])
  })

  test("the tarball holds what is run and read, no sources and no tests", () => {
    const files = readdirSync(join(project, "node_modules", "sounder"))
    expect(files.toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "package.json",
    ])
  })

  const run = (file: string) => finished(process.execPath, [file], project)
})

/** Runs npm in a folder, told nothing by an npm that runs these tests but where it is. */
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
