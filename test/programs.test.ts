import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { createCertificate } from "../src/certificate/index.js"
import { Simulator, type SimulatedBot, type SimulatorOptions } from "@sounder/simulator"
import { docExamples } from "./support/doc-examples.js"
import { freePort } from "./support/free-port.js"

/** Inside the package, so that `import "sounder"` finds it as an installed one would be found. */
const programs = fileURLToPath(new URL("../.programs", import.meta.url))
const examples = docExamples("README.md").filter(({ language }) => language === "ts")
const [polling, grammy, webhook] = examples.map(({ code }) => code)

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

test("the README has three programs, each complete, in at most 120 lines", () => {
  const readme = readFileSync("README.md", "utf8")
  expect(examples).toHaveLength(3)
  expect(readme).not.toContain("<!-- setup")
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(120)
})

test("the README's first program answers by polling", async () => {
  const { telegram, account } = await play()
  await run(polling, { telegram, account })
  expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
  expect(await answerTo("is anybody there?", { telegram, account })).toBe("is anybody there?")
})

test("the README's grammY bot answers through Sounder", async () => {
  const { telegram, account } = await play()
  const made = 'new Bot(process.env.BOT_TOKEN ?? "")'
  const apiRoot = "{ client: { apiRoot: process.env.TELEGRAM_API_ROOT } }"
  const code = replaced(grammy, { [made]: made.replace(")", `, ${apiRoot})`) })
  await run(code, { telegram, account })
  expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
})

test("the README's webhook terminates TLS itself, with a self-signed certificate", async () => {
  const port = await freePort()
  const hosts = { "bot.example.com:8443": `127.0.0.1:${port}` }
  const { telegram, account } = await play({ hosts })
  await writeCertificate("bot.example.com")
  // Tests listen on loopback, on a free port; Telegram calls the port of the webhook's URL.
  const code = replaced(webhook, { '"0.0.0.0"': '"127.0.0.1"', "port: 8443": `port: ${port}` })
  await run(code, { telegram, account })
  expect(await answerTo("/start", { telegram, account })).toBe("Hello!")
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
  const wanted = ["deleteWebhook", "getWebhookInfo", "setWebhook"]
  const isWanted = ({ method, status }: { method: string; status: number }) =>
    status === 200 && wanted.includes(method)
  await telegram.calls.wait(isWanted, 1, { timeoutMs: 60_000 })
}

async function answerTo(text: string, { telegram, account }: Stage): Promise<string | undefined> {
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, text)
  return (await ada.hears()).text
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
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}
