import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { runHere } from "../support/run-here.js"
import { DnsServer } from "../support/dns-server.js"
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

const doctor = (...args: string[]) => runHere("doctor", ...args, "--timeout", "10")

const asBot = () => ["--token", stage.account.token, "--api-root", stage.telegram.apiRoot]
const here = () => ["--map", `${host}:443=127.0.0.1:${stage.port}`]

test("a working webhook has no findings, and the exit code is 0", async () => {
  await stage.startBot()
  const { status, printed, complaint } = await doctor(webhookUrl, ...asBot(), ...here())
  expect(printed).toMatch(/✓ Token +@/)
  expect(printed).toMatch(/✓ Certificate +DNS:bot\.example\.com, self-signed, uploaded/)
  expect(printed.endsWith("\nNothing is wrong.\n")).toBe(true)
  expect(complaint).toBe("")
  expect(status).toBe(0)
})

test("with only a token, the doctor examines the URL registered at Telegram", async () => {
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

test("without a URL, the report has no lines for the server", async () => {
  const { status, printed } = await doctor("--polling", ...asBot())
  const titles = [...printed.matchAll(/^ {2}. (\w[\w ]*?) {2,}/gm)].map(([, title]) => title)
  expect(titles).toEqual(["Token", "Registration", "Other pollers", "URL", "Deliveries"])
  expect(printed).toMatch(/– URL +none, so no server is examined/)
  expect(status).toBe(0)
  const { printed: json } = await doctor("--polling", ...asBot(), "--json")
  // The command's own output.
  expect((JSON.parse(json) as { checks: object[] }).checks).toHaveLength(16)
})

test("for a name that only a simulator knows, the doctor names the option --map", async () => {
  const dns = stage.use(await DnsServer.start({}))
  const asked = ["https://nowhere.example:8443/hook", "--dns", dns.address]
  const { printed } = await doctor(...asked, ...asBot())
  expect(printed.replaceAll(/\s+/g, " ")).toContain("--map nowhere.example:8443=127.0.0.1:PORT")
  const { printed: withoutBot } = await doctor(...asked)
  expect(withoutBot).toContain("✗ host-not-found")
  expect(withoutBot).not.toContain("--map")
})

test("without a token, the doctor examines only the URL, as from another machine", async () => {
  await stage.startBot()
  const { status, printed } = await doctor(webhookUrl, ...here())
  expect(printed).toMatch(/– Token +no token was given/)
  expect(printed).toMatch(/✓ Secret +required; --secret tests it/)
  expect(status).toBe(0)
})

test.each([
  ["FORCE_COLOR is 1", { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR is 1, NO_COLOR or not", { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  ["FORCE_COLOR is 0", { FORCE_COLOR: "0" }, false],
  ["the output is no terminal", { FORCE_COLOR: "" }, false],
])("where %s, the report has colours: %s", async (_, variables, hasColors) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  try {
    const { printed } = await doctor("ftp://a.example/")
    expect(printed.includes("\u001B[31m")).toBe(hasColors)
  } finally {
    vi.unstubAllEnvs()
  }
})

test("--json prints a report for programs", async () => {
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

test("--cert is compared with the served certificate", async () => {
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

describe("the exit code is 2 if no examination is possible:", () => {
  test("without a URL and a token", async () => {
    const { status, complaint } = await doctor()
    expect(complaint).toContain("Expected a URL or a token")
    expect(complaint).toContain("BOT_TOKEN in the environment or in .env")
    expect(status).toBe(2)
  })

  test("with an invalid token", async () => {
    const { status, complaint } = await doctor("--token", "secret-of-somebody")
    expect(complaint).toContain("@BotFather")
    expect(complaint).not.toContain("secret-of-somebody")
    expect(status).toBe(2)
  })

  test("with a missing certificate", async () => {
    const { status, complaint } = await doctor(webhookUrl, "--cert", join(folder, "no.pem"))
    expect(complaint).toContain("--cert cannot be read")
    expect(status).toBe(2)
  })

  test("if Telegram does not report the URL", async () => {
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
