import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, test, type TestContext } from "vitest"
import { createCertificate } from "../src/certificate/index.js"
import { migratePostgresQueue } from "../src/queue/postgres/index.js"
import { Simulator, type SimulatedBot, type SimulatorOptions } from "@sounder/simulator"
import { withPostgres, stageOfFile } from "./support/postgres-stage.js"
import { docExamples } from "./support/doc-examples.js"
import { freePort } from "./support/free-port.js"
import { requireServer } from "./support/real-servers.js"

/** Inside the package, so that `import "sounder"` finds it as an installed one would be found. */
const programs = fileURLToPath(new URL("../.programs", import.meta.url))
const [polling, webhook, proxied, custom, outgrown] = docExamples("README.md")
  .filter(({ language }) => language === "ts")
  .map(({ code }) => code)
const echo = `
  updater.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
`

let folder: string
let cleanUp: (() => unknown)[]

beforeEach(async () => {
  await mkdir(programs, { recursive: true })
  folder = await mkdtemp(join(tmpdir(), "sounder-"))
  cleanUp = [() => rm(folder, { recursive: true })]
})

afterEach(async () => {
  for (const step of cleanUp.toReversed()) await step()
})

test("the README's first program answers by polling", async () => {
  const { telegram, account } = await play()
  await run(polling, { telegram, account })
  expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
  expect(await answerTo("is anybody there?", { telegram, account })).toBe("is anybody there?")
})

test("the README's webhook takes the TLS off itself, with a self-signed certificate", async () => {
  const port = await freePort()
  const { telegram, account } = await play({ hosts: { "example.com:8443": `127.0.0.1:${port}` } })
  await writeCertificate("example.com")
  // Tests listen on loopback, on a free port; Telegram calls the port of the webhook's URL.
  const code = replaced(webhook, { '"0.0.0.0"': '"127.0.0.1"', "port: 8443": `port: ${port}` })
  await run(withHandlers(code), { telegram, account })
  expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
})

test("the README's program behind haproxy registers itself", async (context) => {
  const port = await freePort()
  const publicPort = await freePort()
  const hosts = { "bot1.example.com:443": `127.0.0.1:${publicPort}` }
  const { telegram, account } = await play({ hosts })
  await writeCertificate("bot1.example.com")
  await haproxy(context, publicPort, port)
  const code = replaced(proxied, { "port: 5000": `port: ${port}` })
  await run(withHandlers(code), { telegram, account })
  expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
})

test("the README's own web server, Express, puts updates into the queue", async () => {
  const port = await freePort()
  const { telegram, account } = await play({ local: true })
  const handlers = `dispatcher.command("start", (ctx) => ctx.reply("Hello!"))`
  const listening = `app.listen(${port}, "127.0.0.1", () => console.log("listening"))
    await bot.setWebhook({ url: "http://127.0.0.1:${port}/hook" })`
  await run(`${custom}\n${handlers}\n${listening}`, { telegram, account })
  expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
})

describe("with a database", withPostgres, () => {
  const database = stageOfFile()

  test("the README's program for many machines works with a migrated database", async () => {
    await migratePostgresQueue(database.pool)
    const { telegram, account } = await play()
    const start = `${echo}await updater.startPolling()`
    await run(`${outgrown}\n${start}`, { telegram, account }, { DATABASE_URL: database.server.url })
    expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
  })
})

interface Stage {
  readonly telegram: Simulator
  readonly account: SimulatedBot
}

async function play(options: SimulatorOptions = {}): Promise<Stage> {
  const telegram = await Simulator.start(options)
  cleanUp.push(() => telegram[Symbol.asyncDispose]())
  return { telegram, account: telegram.bot({ username: "readme_bot" }) }
}

/** Runs a program as its reader would: in a process of its own, with the token in its environment. */
async function run(
  code: string | undefined,
  { telegram, account }: Stage,
  environment: NodeJS.ProcessEnv = {},
): Promise<void> {
  expect(code).toBeDefined()
  const file = join(programs, `${account.id}.mjs`)
  await writeFile(file, code ?? "")
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: {
      ...process.env,
      ...environment,
      BOT_TOKEN: account.token,
      TELEGRAM_API_ROOT: telegram.apiRoot,
    },
    stdio: ["ignore", "ignore", "inherit"],
  })
  cleanUp.push(
    () => rm(file),
    () => ended(child),
  )
  const failed = once(child, "exit").then(([status]) => {
    throw new Error(`The program ended with ${status}`)
  })
  failed.catch(() => {})
  await Promise.race([isReceiving(telegram), failed])
}

/** The program has told Telegram, in one way or the other, that it wants its updates. */
async function isReceiving(telegram: Simulator): Promise<void> {
  const wanted = ["deleteWebhook", "setWebhook"]
  await telegram.calls.wait(({ method, status }) => status === 200 && wanted.includes(method))
}

async function answerTo(text: string, { telegram, account }: Stage): Promise<string | undefined> {
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, text)
  return (await ada.hears()).text
}

function withHandlers(code: string): string {
  return code.replace("await updater.start", `${echo}await updater.start`)
}

function replaced(code: string | undefined, changes: Record<string, string>): string {
  let changed = code ?? ""
  for (const [from, to] of Object.entries(changes)) {
    expect(changed).toContain(from)
    changed = changed.replace(from, to)
  }
  return changed
}

async function writeCertificate(host: string): Promise<void> {
  const { key, cert } = await createCertificate(host)
  await writeFile(join(folder, "private.key"), key)
  await writeFile(join(folder, "cert.pem"), cert)
  await writeFile(join(folder, "both.pem"), cert + key)
}

async function haproxy(context: TestContext, publicPort: number, port: number): Promise<void> {
  const program = requireServer("haproxy", context)
  const file = join(folder, "haproxy.cfg")
  const configuration = `
defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 75s
frontend public-https
    bind 127.0.0.1:${publicPort} ssl crt ${join(folder, "both.pem")}
    use_backend bot1 if { ssl_fc_sni bot1.example.com }
backend bot1
    server bot1 127.0.0.1:${port}
`
  await writeFile(file, configuration)
  const child = spawn(program, ["-db", "-f", file], { stdio: ["ignore", "ignore", "inherit"] })
  cleanUp.push(() => ended(child))
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}
