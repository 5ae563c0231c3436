import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { run } from "../../src/cli/run.js"
import { freePort } from "../support/free-port.js"
import { host, Stage, webhookUrl } from "../doctor/stage.js"

let stage: Stage
let folder: string

beforeEach(async () => {
  stage = await Stage.open()
  folder = mkdtempSync(join(tmpdir(), "sounder-doctor-"))
})
afterEach(async () => {
  await stage[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function doctor(...args: string[]) {
  let printed = ""
  let complained = ""
  const exitCode = await run(["doctor", ...args, "--timeout", "3"], {
    print: (text) => void (printed += text),
    complain: (text) => void (complained += text),
  })
  return { exitCode, printed, complained }
}

const asBot = () => ["--token", stage.account.token, "--api-root", stage.telegram.apiRoot]
const here = () => ["--map", `${host}:443=127.0.0.1:${stage.port}`]

test("a webhook that works has nothing wrong, and ends with 0", async () => {
  await stage.startBot()
  const { exitCode, printed, complained } = await doctor(webhookUrl, ...asBot(), ...here())
  expect(printed).toMatch(/✓ Token +@/)
  expect(printed).toMatch(/✓ Certificate +DNS:bot\.example\.com, self-signed, uploaded/)
  expect(printed.endsWith("\nNothing is wrong.\n")).toBe(true)
  expect(complained).toBe("")
  expect(exitCode).toBe(0)
})

test("with only a token it looks at the URL that Telegram has", async () => {
  await stage.startBot({ urlPath: "elsewhere" })
  const { exitCode, printed } = await doctor(...asBot(), ...here())
  expect(printed).toMatch(/✓ Registration +https:\/\/bot\.example\.com\/hook, a certificate/)
  expect(printed).toMatch(/✗ Answer +404/)
  expect(printed).toMatch(/– Secret +not looked at: see Answer/)
  expect(printed).toMatch(
    /\n✗ wrong-path\n {2}Seen +Nothing.*\n {2}Why +.*\n(.*\n)* {2}Do +`urlPath`/,
  )
  expect(printed.endsWith("\n1 fault.\n")).toBe(true)
  expect(exitCode).toBe(1)
})

test("without a token it looks at the URL alone, as from another machine", async () => {
  await stage.startBot()
  const { exitCode, printed } = await doctor(webhookUrl, ...here())
  expect(printed).toMatch(/– Token +no token was given/)
  expect(printed).toMatch(/✓ Secret +one is asked for; --secret gives it/)
  expect(exitCode).toBe(0)
})

test("--json is for programs", async () => {
  await stage.register()
  const { exitCode, printed } = await doctor(webhookUrl, ...asBot(), ...here(), "--json")
  const examination = JSON.parse(printed) as { checks: object[]; findings: object[] }
  expect(examination).toMatchObject({
    url: webhookUrl,
    findings: [{ code: "connection-refused", level: "fault" }],
  })
  expect(examination.checks).toContainEqual(
    expect.objectContaining({ name: "tls", outcome: "skipped" }),
  )
  expect(exitCode).toBe(1)
})

test("--cert is compared with what is served", async () => {
  await stage.startBot()
  const cert = join(folder, "cert.pem")
  writeFileSync(cert, stage.right.cert)
  const { exitCode } = await doctor(webhookUrl, ...asBot(), ...here(), "--cert", cert)
  expect(exitCode).toBe(0)
})

test("--polling and --local are passed on", async () => {
  await stage.register()
  const { printed, exitCode } = await doctor(...asBot(), "--polling")
  expect(printed).toContain("✗ webhook-while-polling")
  expect(exitCode).toBe(1)
  const local = await doctor(`http://127.0.0.1:${await freePort()}/hook`, "--local")
  expect(local.printed).toContain("✗ connection-refused")
  expect(local.printed).not.toContain("reserved")
})

test("neither a token nor a secret is printed", async () => {
  const { token } = stage.account
  await stage.startBot({ urlPath: token, url: `https://${host}/${token}` })
  const { printed } = await doctor(...asBot(), ...here(), "--secret", "my-secret-of-the-hook")
  expect(printed).toContain("/<token>")
  expect(printed).toContain("! token-in-url")
  expect(printed).not.toContain(token)
  expect(printed).not.toContain("my-secret-of-the-hook")
})

describe("ends with 2 where it could not examine anything:", () => {
  test("without a URL and a token", async () => {
    const { exitCode, complained } = await doctor()
    expect(complained).toContain("Expected a URL or a token")
    expect(exitCode).toBe(2)
  })

  test("with what cannot be a token", async () => {
    const { exitCode, complained } = await doctor("--token", "secret-of-somebody")
    expect(complained).toContain("@BotFather")
    expect(complained).not.toContain("secret-of-somebody")
    expect(exitCode).toBe(2)
  })

  test("with a certificate that is not there", async () => {
    const { exitCode, complained } = await doctor(webhookUrl, "--cert", join(folder, "no.pem"))
    expect(complained).toContain("--cert cannot be read")
    expect(exitCode).toBe(2)
  })

  test("where Telegram does not say which URL it has", async () => {
    const apiRoot = `http://127.0.0.1:${await freePort()}`
    const { exitCode, printed } = await doctor(
      "--token",
      stage.account.token,
      "--api-root",
      apiRoot,
    )
    expect(printed).toContain("✗ telegram-unreachable")
    expect(exitCode).toBe(2)
  })
})

test.each([
  ["--resolve", "bot.example.com"],
  ["--map", "bot.example.com"],
  ["--timeout", "never"],
])("%s %s is refused with a reason", async (...args) => {
  const { exitCode, complained } = await doctor(webhookUrl, ...args)
  expect(complained).toMatch(/has to be/)
  expect(exitCode).toBe(2)
})
