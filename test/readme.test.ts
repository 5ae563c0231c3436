import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Simulator } from "@sounder/simulator"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { finished, packageFolder } from "./support/built.js"
import { docExamples } from "./support/doc-examples.js"
import { packedInto } from "./support/packed.js"
import { peersFolder, requirePackages } from "./support/peers.js"

/** The programs of the README, exactly as shown. */
const readme = readFileSync(join(packageFolder, "README.md"), "utf8")
const programs = docExamples(join(packageFolder, "README.md")).filter(
  ({ language }) => language === "ts",
)

const folder = mkdtempSync(join(tmpdir(), "sounder-readme-"))
const project = join(folder, "bot")

beforeEach((context) => requirePackages(context))

beforeAll(async () => {
  mkdirSync(project)
  const { sounder, simulator } = await packedInto(folder)
  await run("npm", "install", sounder, simulator, "--no-audit", "--no-fund")
  await run(join(project, "node_modules", ".bin", "sounder"), "init", "--yes")
  // The version that the framework tests use.
  const { dependencies } = JSON.parse(readFileSync(join(peersFolder, "package.json"), "utf8")) as {
    dependencies: Record<string, string>
  }
  await run("npm", "install", `grammy@${dependencies["grammy"]}`, "--no-audit", "--no-fund")
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(program: string, ...args: string[]): Promise<void> {
  const { status, output } = await finished(program, args, project)
  expect(status, output).toBe(0)
}

test("the README hides no part of its programs", () => {
  expect(programs).toHaveLength(3)
  expect(readme).not.toContain("<!-- setup:")
})

test.each([
  ["the whole bot", /filters\.text/, ["/start", "Hello!", "Good morning", "Good morning"]],
  ["under grammY", /sounder\/grammy/, ["/start", "Hello!"]],
])(
  "%s runs in a new project as shown",
  async (_name, which, [first, greeting, ...more]) => {
    await using telegram = await Simulator.start()
    const account = telegram.bot({ username: "my_bot" })
    const apiRoot = telegram.apiRoot
    // grammY has no variable for another Bot API server.
    const code = programOf(which).replace(
      'process.env.BOT_TOKEN ?? ""',
      `$&, { client: { apiRoot: "${apiRoot}" } }`,
    )
    await using _bot = start(code, { TELEGRAM_API_ROOT: apiRoot, BOT_TOKEN: account.token })
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, first ?? "")
    expect((await ada.hears({ timeoutMs: 20_000 })).text).toBe(greeting)
    if (more.length === 0) return
    await ada.send(account, more[0] ?? "")
    expect((await ada.hears()).text).toBe(more[1])
  },
  60_000,
)

test("the types of a new project are valid after grammY was added", async () => {
  writeFileSync(join(project, "shown.ts"), programOf(/sounder\/grammy/))
  await run("npm", "run", "types")
})

test("the bot on a webhook runs in a new project as shown", async () => {
  await using telegram = await Simulator.start({
    hosts: { "bot.example.com:8443": "127.0.0.1:8443" },
  })
  const account = telegram.bot({ username: "my_bot" })
  await run(join(project, "node_modules", ".bin", "sounder"), "certificate", "bot.example.com")
  const environment = { TELEGRAM_API_ROOT: telegram.apiRoot, BOT_TOKEN: account.token }
  await using _bot = start(programOf(/runWebhook/), environment)
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "/start")
  expect((await ada.hears({ timeoutMs: 20_000 })).text).toBe("Hello!")
}, 60_000)

function programOf(which: RegExp): string {
  return programs.find(({ code }) => which.test(code))?.code ?? ""
}

/** Runs a program with `sounder run`, as `npm start` does. */
function start(code: string, environment: Readonly<Record<string, string>>) {
  writeFileSync(join(project, "shown.ts"), code)
  const sounder = join(project, "node_modules", ".bin", "sounder")
  const env = { ...process.env, ...environment }
  const child = spawn(sounder, ["run", "shown.ts"], { cwd: project, env, stdio: "inherit" })
  return { [Symbol.asyncDispose]: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, "close")
  child.kill("SIGTERM")
  await closed
  rmSync(join(project, "updates.db"), { force: true })
}
