import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { run } from "../../src/cli/run.js"
import { runHere } from "../support/run-here.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { host, Stage, webhookUrl } from "../support/doctor-stage.js"

let stage: Stage
let folder: string

beforeEach(async () => {
  stage = await Stage.open({ isRealTime: true })
  folder = mkdtempSync(join(tmpdir(), "sounder-webhook-"))
})
afterEach(async () => {
  await stage[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function sounder(...args: string[]) {
  const bot = ["--token", stage.account.token, "--api-root", stage.telegram.apiRoot]
  return runHere("webhook", ...args, ...bot)
}

const calls = (method: string) =>
  stage.telegram.calls.filter((call) => call.method.toLowerCase() === method.toLowerCase())

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const here = () => ["--map", `${host}:443=127.0.0.1:${stage.port}`]

describe("sounder webhook set", () => {
  test("registers a bot's webhook, uploads its certificate, and confirms that Telegram connects", async () => {
    await stage.startBot()
    await stage.bot.deleteWebhook()
    const cert = file("cert.pem", stage.right.cert)
    const { status, printed } = await sounder("set", webhookUrl, "--cert", cert, ...here())
    expect(printed).toContain("The webhook is set.")
    expect(printed).toMatch(/^Certificate +uploaded$/m)
    expect(status).toBe(0)
    const info = await stage.bot.getWebhookInfo()
    expect(info).toMatchObject({ url: webhookUrl, has_custom_certificate: true })
    expect(JSON.stringify(calls("setWebhook").at(-1))).toContain(
      deriveSecretToken(stage.account.token),
    )
    expect(printed).not.toContain(deriveSecretToken(stage.account.token))
  })

  test("passes on the options of setWebhook", async () => {
    await stage.startBot()
    await sounder(
      ...["set", webhookUrl, "--cert", file("cert.pem", stage.right.cert), ...here()],
      ...["--no-secret", "--max-connections", "7", "--allowed-updates", "message,poll"],
    )
    const info = await stage.bot.getWebhookInfo()
    expect(info).toMatchObject({ max_connections: 7, allowed_updates: ["message", "poll"] })
    expect(JSON.stringify(calls("setWebhook").at(-1))).not.toContain("secret_token")
  })

  test("keeps the waiting updates without --drop-pending", async () => {
    await stage.telegram.user().send(stage.account, "hi")
    const set = ["set", webhookUrl, "--cert", file("cert.pem", stage.right.cert), ...here()]
    await sounder(...set)
    expect((await stage.bot.getWebhookInfo()).pending_update_count).toBe(1)
    await sounder(...set, "--drop-pending")
    expect((await stage.bot.getWebhookInfo()).pending_update_count).toBe(0)
  })

  test("exits with 1 and an explanation if Telegram cannot connect", async () => {
    const cert = file("cert.pem", stage.right.cert)
    const { status, printed, complaint } = await sounder(
      ...["set", webhookUrl, "--cert", cert, ...here()],
    )
    expect(printed).toContain("Connection refused")
    expect(printed).toContain("No server listens at the URL's host and port")
    expect(complaint).toContain("`sounder doctor`")
    expect(status).toBe(1)
  })

  test.for<readonly [string, readonly string[], RegExp, number?]>([
    ["another port", ["https://bot.example.com:5000/hook"], /port 443, 80, 88 or 8443/],
    ["plain HTTP", ["http://bot.example.com/hook"], /https: URL/],
    ["what is no URL", ["bot.example.com"], /complete URL/],
    ["a local address", ["https://192.168.1.5/hook"], /public internet/],
    ["an IPv6 address", ["https://[2001:db8::1]/hook"], /not call IPv6/],
    ["a secret with other letters", [webhookUrl, "--secret", "ä"], /--secret/],
    ["too many connections", [webhookUrl, "--max-connections", "101"], /from 1 to 100/],
    ["an unknown kind of update", [webhookUrl, "--allowed-updates", "mesage"], /"mesage"/],
    ["a certificate that is not there", [webhookUrl, "--cert", "nowhere.pem"], /no such file/, 1],
    [
      "a name that is not public",
      [webhookUrl, "--resolve", `${host}=10.0.0.1`],
      /^sounder: reserved-address/,
      1,
    ],
    [
      "a name with IPv6 only",
      [webhookUrl, "--resolve", `${host}=2001:db8::1`],
      /^sounder: ipv6-only/,
      1,
    ],
  ])(
    "refuses %s before a call, and the earlier webhook stays",
    async ([, args, words, expectedCode = 2]) => {
      await stage.startBot()
      const before = calls("setWebhook").length
      const { status, complaint } = await sounder("set", ...args)
      expect(complaint).toMatch(words)
      expect(status).toBe(expectedCode)
      expect(calls("setWebhook")).toHaveLength(before)
      expect((await stage.bot.getWebhookInfo()).url).toBe(webhookUrl)
    },
  )

  test("refuses a certificate for another host before a call", async () => {
    await stage.startBot()
    const before = calls("setWebhook").length
    const { cert } = await createCertificate("other.example.com")
    const path = file("cert.pem", cert)
    const { status, complaint } = await sounder("set", webhookUrl, "--cert", path, ...here())
    expect(complaint).toContain("sounder certificate bot.example.com")
    expect(status).toBe(1)
    expect(calls("setWebhook")).toHaveLength(before)
  })

  test("with --force registers a name that resolves differently here", async () => {
    const cert = file("cert.pem", stage.right.cert)
    await stage.startBot()
    const args = ["set", webhookUrl, "--cert", cert, "--resolve", `${host}=10.0.0.1`, "--force"]
    expect((await sounder(...args)).status).toBe(0)
  })
})

describe("sounder webhook info", () => {
  test("reports a missing webhook", async () => {
    const { printed, status } = await sounder("info")
    expect(printed).toBe(
      "No webhook is set: the bot polls, or gets no updates. 0 updates are pending at Telegram.\n",
    )
    expect(status).toBe(0)
  })

  test("explains an error, with its age and its fix", async () => {
    // Sounder registers its derived secret.
    await stage.startBot({ secretToken: "another" })
    await stage.write()
    const { printed } = await sounder("info")
    expect(printed).toMatch(/^Last failure +\d+ s ago: Wrong response from the webhook: 401/m)
    expect(printed).toMatch(/^Pending +1 update is pending$/m)
    expect(printed).toContain("Register the webhook again with the current secret")
  })

  test("with --json prints Telegram's answer, with the error explained", async () => {
    await stage.register()
    await stage.write()
    const info = JSON.parse((await sounder("info", "--json")).printed) as object
    expect(info).toMatchObject({
      url: webhookUrl,
      last_error_message: "Connection refused",
      explained: { code: "connection-refused" },
    })
  })

  test("redacts a token in the URL", async () => {
    await stage.register({ url: `https://${host}/${stage.account.token}` })
    const { printed } = await sounder("info")
    expect(printed).toContain(`https://${host}/<token>`)
    expect(printed).not.toContain(stage.account.token)
  })
})

describe("sounder webhook delete", () => {
  test("keeps the waiting updates", async () => {
    await stage.register()
    await stage.telegram.user().send(stage.account, "hi")
    const { printed } = await sounder("delete")
    expect(printed).toBe("Deleted the webhook; 1 update kept at Telegram.\n")
    const info = await stage.bot.getWebhookInfo()
    expect(info).toMatchObject({ url: "", pending_update_count: 1 })
  })

  test("drops them with --drop-pending", async () => {
    await stage.telegram.user().send(stage.account, "hi")
    const { printed } = await sounder("delete", "--drop-pending")
    expect(printed).toBe("No webhook was set; 1 update dropped.\n")
    expect((await stage.bot.getWebhookInfo()).pending_update_count).toBe(0)
  })
})

test("a missing token is reported with the ways to give one", async () => {
  const before = process.env["BOT_TOKEN"]
  delete process.env["BOT_TOKEN"]
  try {
    let complaint = ""
    const complain = (text: string) => void (complaint += text)
    expect(await run(["webhook", "info"], { print() {}, complain })).toBe(2)
    expect(complaint).toContain("BOT_TOKEN")
  } finally {
    if (before !== undefined) process.env["BOT_TOKEN"] = before
  }
})
