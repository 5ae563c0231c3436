import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { finished, packageFolder } from "../support/built.js"
import { packedInto, type Tarballs } from "../support/packed.js"
import { untilTrue } from "../support/waiting.js"

/** The folder of the tarballs, and of the projects that install them. */
const folder = mkdtempSync(join(tmpdir(), "sounder-project-"))
let tarballs: Tarballs

beforeAll(async () => {
  tarballs = await packedInto(folder)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function npm(cwd: string, ...args: string[]) {
  return finished("npm", args, cwd)
}

/** Installs the tarballs into an empty folder, as a new user would. */
async function emptyProject(name: string): Promise<string> {
  const project = join(folder, name)
  mkdirSync(project)
  const { sounder: own, simulator } = tarballs
  const installed = await npm(project, "install", own, simulator, "--no-audit", "--no-fund")
  expect(installed, installed.output).toMatchObject({ status: 0 })
  return project
}

function sounder(project: string, ...args: string[]) {
  return finished(join(project, "node_modules", ".bin", "sounder"), args, project)
}

/** Runs `sounder dev` until the page is available. */
async function develop(project: string, file: string, installed = project) {
  const args = ["dev", file, "--port", "0"]
  const child = spawn(join(installed, "node_modules", ".bin", "sounder"), args, { cwd: project })
  let output = ""
  child.stdout.on("data", (data) => (output += String(data)))
  child.stderr.on("data", (data) => (output += String(data)))
  await untilTrue(() => output.includes("Chat page: "))
  return {
    root: /Chat page: (\S+)\//.exec(output)?.[1] ?? "",
    output: () => output,
    async [Symbol.asyncDispose]() {
      const closed = once(child, "close")
      child.kill("SIGTERM")
      await closed
    },
  }
}

/** A person on the chat page of `sounder dev`. */
class Visitor {
  readonly #root: string
  #id = 0
  #chat = ""

  constructor(root: string) {
    this.#root = root
  }

  async arrive(): Promise<void> {
    this.#id = Number((await this.#act("createUser", { first_name: "Vera" }))["id"])
    this.#chat = `8081000001:${this.#id}`
  }

  async send(text: string): Promise<void> {
    await this.#act("send", { as: this.#id, chat: this.#chat, text })
  }

  async hears(text: string): Promise<void> {
    const query = new URLSearchParams({ chat: this.#chat })
    await untilTrue(async () => {
      const response = await fetch(`${this.#root}/page/messages?${query.toString()}`)
      return (await response.text()).includes(text)
    })
  }

  async #act(action: string, input: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#root}/page/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
    })
    // the simulator's own answer
    return (await response.json()) as Record<string, unknown>
  }
}

describe.each([
  ["TypeScript", "ts", []],
  ["JavaScript", "js", ["--javascript"]],
])("a new project in %s", (language, ending, flags) => {
  let project = ""

  beforeAll(async () => {
    project = await emptyProject(language.toLowerCase())
    const init = await sounder(project, "init", "--yes", ...flags)
    expect(init, init.output).toMatchObject({ status: 0 })
  })

  test("passes its own test, and runs tests that are added in other files and folders", async () => {
    const more = join(project, "more")
    mkdirSync(more)
    writeFileSync(join(more, `own.test.${ending}`), 'import "node:test"\n')
    const { status, output } = await npm(project, "test")
    rmSync(more, { recursive: true })
    expect(status, output).toBe(0)
    expect(output).toMatch(/pass 2/)
  })

  test("is made in a CommonJS package, too, whose type stays", async () => {
    const inner = join(project, "common")
    mkdirSync(inner)
    const manifest = { type: "commonjs", scripts: { dev: "vite", test: "echo no test specified" } }
    writeFileSync(join(inner, "package.json"), JSON.stringify(manifest))
    const init = await sounder(project, "init", "common", "--yes", "--no-install", ...flags)
    expect(init, init.output).toMatchObject({ status: 0 })
    expect(init.output).toContain(`npx sounder dev bot.m${ending} `)
    expect(init.output).toMatch(/npm start {2,}run it/)
    expect(readFileSync(join(inner, "package.json"), "utf8")).toContain('"type": "commonjs"')
    const { status, output } = await npm(inner, "test")
    expect(status, output).toBe(0)
    expect(output).toMatch(/pass 1/)
    await using dev = await develop(inner, `bot.m${ending}`, project)
    const visitor = new Visitor(dev.root)
    await visitor.arrive()
    await visitor.send("/start")
    await visitor.hears("Hello! Write me something.")
  })

  test("is not needed for a bot that is there, whose program stays and gets a test", async () => {
    const inner = join(project, "there")
    mkdirSync(inner)
    writeFileSync(join(inner, "package.json"), JSON.stringify({ type: "commonjs" }))
    const program = `const { Updater } = require("sounder")
const updater = new Updater({ token: process.env.BOT_TOKEN })
updater.dispatcher.command("start", (ctx) => ctx.reply("There"))
updater.runPolling()
`
    writeFileSync(join(inner, "bot.cjs"), program)
    const init = await sounder(project, "init", "there", "--yes", "--no-install", "--test")
    expect(init, init.output).toMatchObject({ status: 0 })
    expect(readFileSync(join(inner, "bot.cjs"), "utf8")).toBe(program)
    const { status, output } = await npm(inner, "test")
    expect(status, output).toBe(0)
    expect(output).toMatch(/pass 1/)
  })

  test("keeps the simulator out of a production install", async () => {
    const production = join(folder, `${language.toLowerCase()}-production`)
    mkdirSync(production)
    for (const name of ["package.json", "package-lock.json"])
      copyFileSync(join(project, name), join(production, name))
    const { status, output } = await npm(production, "ci", "--omit=dev", "--no-audit", "--no-fund")
    expect(status, output).toBe(0)
    expect(readdirSync(join(production, "node_modules"))).toContain("sounder")
    expect(readdirSync(join(production, "node_modules"))).not.toContain("@sounder")

    const missing = await sounder(production, "simulate")
    expect(missing.output).toContain(
      `run \`npm install --save-dev ../${basename(tarballs.simulator)}\` and the command again\n`,
    )
  })

  test("answers on the chat page, and again after a change", async () => {
    await using dev = await develop(project, `bot.${ending}`)
    const visitor = new Visitor(dev.root)
    await visitor.arrive()
    await visitor.send("/start")
    await visitor.hears("Hello! Write me something.")
    const handlers = join(project, `handlers.${ending}`)
    const before = readFileSync(handlers, "utf8")
    writeFileSync(handlers, before.replace("Hello! Write", "Welcome! Write"))
    await untilTrue(() => dev.output().includes(`handlers.${ending} changed`))
    await visitor.send("/start")
    await visitor.hears("Welcome! Write me something.")
    writeFileSync(handlers, before)
  })

  test("continues after a change of a file if its bot has ended", async () => {
    const file = join(project, `ending.${ending}`)
    writeFileSync(file, "process.exit(3)\n")
    await using dev = await develop(project, `ending.${ending}`)
    await untilTrue(() => dev.output().includes("The bot ended with exit code 3"))
    writeFileSync(file, "console.log('up again')\n")
    await untilTrue(() => dev.output().includes("up again"))
  })

  test("has valid types", async () => {
    if (language === "TypeScript") {
      const { status, output } = await npm(project, "run", "types")
      expect(status, output).toBe(0)
    }
  })

  test("runs with the variables of its .env", async () => {
    writeFileSync(join(project, ".env"), "GREETING=from the file\n")
    const program = join(project, `greeting.${ending}`)
    writeFileSync(program, "console.log(process.env.GREETING, process.argv[2])\n")
    const { status, output } = await sounder(
      project,
      "run",
      `greeting.${ending}`,
      "and an argument",
    )
    expect({ status, output }).toEqual({ status: 0, output: "from the file and an argument\n" })
  })

  test("exits with code 1 and the user's line if its bot throws", async () => {
    writeFileSync(join(project, `broken.${ending}`), "\nthrow new Error('broken here')\n")
    const { status, output } = await sounder(project, "run", `broken.${ending}`)
    expect(status).toBe(1)
    expect(output).toContain("broken here")
    expect(output).toContain(`broken.${ending}:2`)
  })

  test("names the cause and the cure if a program is of the other kind of modules", async () => {
    const bot = `bot.${ending}`
    const esm = 'import { Updater } from "sounder"\nawait Updater\n'
    const bothKinds = 'const { Updater } = require("sounder")\nawait Updater\n'
    const commonJs = 'const { Updater } = require("sounder")\nUpdater.name\n'
    for (const [type, text, cure] of [
      ["commonjs", esm, `Rename the file to\nbot.m${ending}, or make all files`],
      ["module", commonJs, `rename the\nfile to bot.c${ending}, which runs as CommonJS`],
      ["module", bothKinds, "in place of each require\n"],
    ] as const) {
      const inner = join(project, type)
      mkdirSync(inner, { recursive: true })
      writeFileSync(join(inner, "package.json"), JSON.stringify({ type }))
      writeFileSync(join(inner, bot), text)
      const run = await sounder(project, "run", join(type, bot))
      expect(run.output).toContain(cure)
      expect(run.output).not.toContain(".env")
      await using dev = await develop(project, join(type, bot))
      await untilTrue(() => dev.output().includes(cure))
    }
  })

  test("names the entry of a name that is imported from another one, or as a value", async () => {
    const imported = 'import { SqliteQueue, Updater } from "sounder"\nconsole.log(SqliteQueue)\n'
    const type = 'import { UpdaterOptions } from "sounder"\nconsole.log(UpdaterOptions)\n'
    for (const [text, advice] of [
      [imported, 'write `import { SqliteQueue } from "sounder/sqlite"`'],
      [type, 'is a type: write `import type { UpdaterOptions } from "sounder"`'],
    ] as const) {
      writeFileSync(join(project, `imports.${ending}`), text)
      const { output } = await sounder(project, "run", `imports.${ending}`)
      expect(output).toContain(advice)
      expect(output).toMatch(new RegExp(`at .*/imports\\.${ending}:1\n`))
    }
  })

  test("stays as it is if it is made again", async () => {
    const names = [`handlers.${ending}`, `bot.${ending}`, "package.json"]
    const read = () => names.map((name) => readFileSync(join(project, name), "utf8"))
    appendFileSync(join(project, `handlers.${ending}`), "// mine\n")
    const before = read()
    const { status, output } = await sounder(project, "init", "--yes", ...flags)
    expect(status, output).toBe(0)
    expect(output).toContain(`The project of bot.${ending} lacks nothing.`)
    expect(read()).toEqual(before)
  })

  test("does not overwrite handlers without a bot", async () => {
    const inner = join(project, "handlers")
    mkdirSync(inner)
    writeFileSync(join(inner, `handlers.${ending}`), "// mine\n")
    const { status, output } = await sounder(project, "init", "handlers", "--yes", ...flags)
    expect(status).toBe(1)
    expect(output).toMatch(/handlers\.\w+: already there\. No file was written/)
    expect(readdirSync(inner)).toEqual([`handlers.${ending}`])
  })
})

test("the simulator is found in the project of the folder if Sounder is installed elsewhere", async () => {
  const installed = join(folder, "elsewhere")
  const project = join(folder, "with-simulator")
  for (const [path, tarball] of [
    [installed, tarballs.sounder],
    [project, tarballs.simulator],
  ] as const) {
    mkdirSync(path)
    const { status, output } = await npm(path, "install", tarball, "--no-audit", "--no-fund")
    expect(status, output).toBe(0)
  }
  const main = join(installed, "node_modules", "sounder", "dist", "cli", "main.js")
  const help = await finished(process.execPath, [main, "simulate", "--help"], project)
  expect(help).toMatchObject({ status: 0 })

  const manifest = join(project, "node_modules", "@sounder", "simulator", "package.json")
  const text = readFileSync(manifest, "utf8")
  writeFileSync(manifest, text.replace(/"version": "[^"]*"/, '"version": "0.0.1"'))
  const other = await finished(process.execPath, [main, "simulate", "--help"], project)
  expect(other.status).toBe(1)
  expect(other.output).toMatch(/its simulator 0\.0\.1: run `npm install --save-dev @sounder\/sim/)
})

test("a new folder gets a project with a Dockerfile and a systemd unit", async () => {
  const main = join(packageFolder, "dist", "cli", "main.js")
  const args = ["init", "Other Bot", "--yes", "--docker", "--systemd", "--no-install"]
  const { status, output } = await finished(process.execPath, [main, ...args], folder)
  expect(status, output).toBe(0)
  expect(readdirSync(join(folder, "Other Bot"))).toEqual(
    expect.arrayContaining([".dockerignore", "Dockerfile", "other-bot.service", "package.json"]),
  )
  expect(output).toContain("  cd 'Other Bot'")
  expect(output).toContain("  npm install")
})

test.each([
  ["TypeScript", "ts", []],
  ["JavaScript", "js", ["--javascript"]],
])("the folder of a bot in %s gets the files of a deployment alone", async (_, ending, flags) => {
  const main = join(packageFolder, "dist", "cli", "main.js")
  const bot = mkdtempSync(join(folder, "deployed-"))
  const init = (...args: string[]) => finished(process.execPath, [main, "init", ...args], bot)
  await init("--yes", "--no-install", ...flags)
  const files = new Map(readdirSync(bot).map((name) => [name, readFileSync(join(bot, name))]))

  const docker = await init("--docker")
  expect(docker).toMatchObject({
    status: 0,
    output: expect.stringMatching(
      /^Wrote Dockerfile, \.dockerignore for bot\.\w+\.\n\nNext, for Docker:\n\n {2}docker build -t \S+ \.\n {2}docker run/,
    ),
  })
  expect(readFileSync(join(bot, "Dockerfile"), "utf8")).toContain(`"bot.${ending}"`)
  expect((await init("--systemd")).output).toMatch(/^Wrote deployed-\S+\.service for /)
  for (const [name, text] of files) expect(readFileSync(join(bot, name)), name).toEqual(text)

  const again = await init("--docker", "--systemd")
  expect(again.status).toBe(1)
  expect(again.output).toMatch(
    /Dockerfile, \.dockerignore, \S+: already there\. No file was written/,
  )
})
