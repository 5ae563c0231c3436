import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { runHere } from "../support/run-here.js"
import { freePort } from "../support/free-port.js"
import { host, Stage, webhookUrl } from "../support/doctor-stage.js"

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

const doctor = (...args: string[]) => runHere("doctor", ...args, "--timeout", "3")

const asBot = () => ["--token", stage.account.token, "--api-root", stage.telegram.apiRoot]
const here = () => ["--map", `${host}:443=127.0.0.1:${stage.port}`]

test("a webhook that works has nothing wrong, and ends with 0", async () => {
  await stage.startBot()
  const { status, printed, complaint } = await doctor(webhookUrl, ...asBot(), ...here())
  expect(printed).toMatch(/✓ Token +@/)
  expect(printed).toMatch(/✓ Certificate +DNS:bot\.example\.com, self-signed, uploaded/)
  expect(printed.endsWith("\nNothing is wrong.\n")).toBe(true)
  expect(complaint).toBe("")
  expect(status).toBe(0)
})

test("with only a token it looks at the URL that Telegram has", async () => {
  await stage.startBot({ urlPath: "elsewhere" })
  const { status, printed, complaint } = await doctor(...asBot(), ...here())
  expect(printed).toMatch(/✓ Registration +https:\/\/bot\.example\.com\/hook, certificate uploaded/)
  expect(printed).toMatch(/✗ Answer +404/)
  expect(printed).toMatch(/– Secret +not examined: see Answer/)
  expect(printed).toMatch(
    /\n✗ wrong-path\n {2}Seen +The server answers 404.*\n {2}Why +.*\n(.*\n)* {2}Do +Make the bot/,
  )
  expect(printed.endsWith("\n1 fault.\n")).toBe(true)
  expect(complaint).toBe("")
  expect(status).toBe(1)
})

test("without a token it looks at the URL alone, as from another machine", async () => {
  await stage.startBot()
  const { status, printed } = await doctor(webhookUrl, ...here())
  expect(printed).toMatch(/– Token +no token was given/)
  expect(printed).toMatch(/✓ Secret +required; --secret tests it/)
  expect(status).toBe(0)
})

test("--json is for programs", async () => {
  await stage.register()
  const { status, printed } = await doctor(webhookUrl, ...asBot(), ...here(), "--json")
  const examination = JSON.parse(printed) as { checks: object[]; findings: object[] }
  expect(examination).toMatchObject({
    url: webhookUrl,
    findings: [{ code: "connection-refused", level: "fault" }],
  })
  expect(examination.checks).toContainEqual(
    expect.objectContaining({ name: "tls", outcome: "skipped" }),
  )
  expect(status).toBe(1)
})

test("--cert is compared with what is served", async () => {
  await stage.startBot()
  const cert = join(folder, "cert.pem")
  writeFileSync(cert, stage.right.cert)
  const { status } = await doctor(webhookUrl, ...asBot(), ...here(), "--cert", cert)
  expect(status).toBe(0)
})

test("--polling and --local are passed on", async () => {
  await stage.register()
  const { printed, status } = await doctor(...asBot(), "--polling")
  expect(printed).toContain("✗ webhook-while-polling")
  expect(status).toBe(1)
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
    const { status, complaint } = await doctor()
    expect(complaint).toContain("Expected a URL or a token")
    expect(complaint).toContain("--env-file .env")
    expect(status).toBe(2)
  })

  test("with what cannot be a token", async () => {
    const { status, complaint } = await doctor("--token", "secret-of-somebody")
    expect(complaint).toContain("@BotFather")
    expect(complaint).not.toContain("secret-of-somebody")
    expect(status).toBe(2)
  })

  test("with a certificate that is not there", async () => {
    const { status, complaint } = await doctor(webhookUrl, "--cert", join(folder, "no.pem"))
    expect(complaint).toContain("--cert cannot be read")
    expect(status).toBe(2)
  })

  test("where Telegram does not say which URL it has", async () => {
    const apiRoot = `http://127.0.0.1:${await freePort()}`
    const { status, printed } = await doctor("--token", stage.account.token, "--api-root", apiRoot)
    expect(printed).toContain("✗ telegram-unreachable")
    expect(status).toBe(2)
  })
})

test.each([
  ["--resolve", "bot.example.com"],
  ["--map", "bot.example.com"],
  ["--timeout", "never"],
])("%s %s is refused with a reason", async (...args) => {
  const { status, complaint } = await doctor(webhookUrl, ...args)
  expect(complaint).toMatch(/is invalid\. (Expected|It has to be)/)
  expect(status).toBe(2)
})
