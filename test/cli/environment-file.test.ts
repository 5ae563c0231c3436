import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { beforeAll, describe, expect, test } from "vitest"
import { built, finished, packageFolder } from "../support/built.js"
import { portOf } from "../support/free-port.js"
import { temporaryFolder } from "../support/temporary-folder.js"

const folder = temporaryFolder()
const main = join(packageFolder, "dist", "cli", "main.js")
const library = pathToFileURL(join(packageFolder, "dist", "index.js")).href

beforeAll(() => built())

/** Creates a project of a bot with these files. */
function project(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(folder, "bot-"))
  const bot = `import { Bot } from ${JSON.stringify(library)}\nnew Bot(process.env.BOT_TOKEN)\n`
  for (const [name, text] of Object.entries({ "bot.mjs": bot, ...files })) {
    writeFileSync(join(path, name), text)
  }
  return path
}

function sounder(path: string, ...args: readonly string[]) {
  const { BOT_TOKEN: _, DATABASE_URL: __, ...environment } = process.env
  return finished(process.execPath, [main, ...args], path, environment)
}

describe("a bot without its token is told where the token goes", () => {
  const noToken = "BOT_TOKEN="

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["without .env", {}, "There is no .env in this folder: create it with the line BOT_TOKEN="],
    ["with .env.example alone", { ".env.example": noToken }, "copy .env.example to .env and put"],
    ["with .env", { ".env": noToken }, ".env sets no BOT_TOKEN: put the bot's token in it"],
  ])("%s", async (_, files, advice) => {
    const { status, output } = await sounder(project(files), "run", "bot.mjs")
    expect(output).toContain(advice)
    expect(output).toContain("bot.mjs:2")
    expect(status).toBe(1)
  })

  test("also if the error of its library does not name the variable", async () => {
    const bot = "const token = process.env.BOT_TOKEN\nif (!token) throw new Error('Empty token!')\n"
    const { status, output } = await sounder(project({ "bot.mjs": bot }), "run", "bot.mjs")
    expect(output).toContain("Empty token!")
    expect(output).toContain("There is no .env in this folder: create it with the line BOT_TOKEN=")
    expect(status).toBe(1)
  })

  test("an error ends the process, even if the program has a timer", async () => {
    const bot = "setInterval(() => {}, 1_000)\nthrow new TypeError('no `port` here')\n"
    const { status, output } = await sounder(project({ "bot.mjs": bot }), "run", "bot.mjs")
    expect(output).toContain("no `port` here")
    expect(status).toBe(1)
  })

  test("other errors do not have this advice", async () => {
    const path = project({ "bot.mjs": "throw new Error('broken here')\n" })
    const { output } = await sounder(path, "run", "bot.mjs")
    expect(output).toContain("broken here")
    expect(output).not.toContain(".env")
  })

  test.each([
    ["a syntax error", "const token = process.env.BOT_TOKEN +\n", "Unexpected end of input"],
    [
      "a file in use",
      "process.env.BOT_TOKEN\nthrow Object.assign(new Error('in use'), { code: 'storage-in-use' })\n",
      "in use",
    ],
    [
      "a missing package",
      'import "absent"\nprocess.env.BOT_TOKEN\n',
      "Cannot find package 'absent'",
    ],
  ])("nor has %s of a program with the variable", async (_, bot, message) => {
    const { output } = await sounder(project({ "bot.mjs": bot }), "run", "bot.mjs")
    expect(output).toContain(message)
    expect(output).not.toContain(".env")
  })
})

describe("an invalid environment file is named", () => {
  test.each([["run"], ["dev", "--port", "0"]])("by %s, for a folder .env", async (...command) => {
    const path = project()
    mkdirSync(join(path, ".env"))
    const { status, output } = await sounder(path, ...command, "bot.mjs")
    expect(output).toBe(
      "sounder: .env is a folder, not a file. Name another file with --env-file\n",
    )
    expect(status).toBe(2)
  })

  test.runIf(existsSync("/dev/null"))("/dev/null counts as an empty file", async () => {
    const path = project({ "bot.mjs": "console.log('up')\n" })
    const { output } = await sounder(path, "run", "bot.mjs", "--env-file", "/dev/null")
    expect(output).toBe("up\n")
  })
})

describe("commands for a bot read its .env", () => {
  const server = "TELEGRAM_API_ROOT=http://127.0.0.1:9\n"
  const database = "postgres://nobody@127.0.0.1:9/none"

  test.each([
    ["the .env of the folder", ".env", []],
    ["the file of --env-file", "other.env", ["--env-file", "other.env"]],
  ])("%s", async (_, name, flags) => {
    const path = project({ [name]: `BOT_TOKEN=123456:abc\n${server}DATABASE_URL=${database}\n` })
    const info = await sounder(path, "webhook", "info", ...flags)
    expect(info.output).toContain("getWebhookInfo: 127.0.0.1:9 refused the connection")
    const status = await sounder(path, "queue", "status", ...flags)
    expect(status.output).toContain("127.0.0.1:9")
  })

  test("but no folder .env, such as that of a Python environment", async () => {
    const path = project()
    mkdirSync(join(path, ".env"))
    const { status, output } = await sounder(path, "doctor")
    expect(output).toContain("BOT_TOKEN in the environment or in .env")
    expect(status).toBe(2)
  })
})

describe("a port in use is reported with the command for a free one", () => {
  const scripts = { dev: "node node_modules/sounder/dist/cli/main.js dev bot.mjs" }

  test.each([
    [["node", main, "dev", "bot.mjs"], "sounder dev bot.mjs --port 0"],
    [["node", main, "simulate"], "sounder simulate --port 0"],
    [["npm", "run", "-s", "dev", "--"], "npm run dev -- --port 0"],
    [["npm", "exec", "--", "sounder", "simulate"], "npx sounder simulate --port 0"],
  ])("%j", async ([file = "", ...args], command) => {
    await using server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const path = project({ "package.json": JSON.stringify({ scripts }) })
    mkdirSync(join(path, "node_modules", ".bin"), { recursive: true })
    symlinkSync(packageFolder, join(path, "node_modules", "sounder"))
    writeFileSync(join(path, "node_modules", ".bin", "sounder"), `exec node ${main} "$@"\n`, {
      mode: 0o755,
    })
    const { output } = await finished(file, [...args, "--port", `${portOf(server)}`], path)
    expect(output).toMatch(/^sounder: Port \d+ is taken on 127\.0\.0\.1, perhaps by another/)
    expect(output).toContain(`\`${command}\` takes a free one`)
  })
})
