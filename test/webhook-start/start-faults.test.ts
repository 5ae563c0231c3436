import { once } from "node:events"
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { createCertificate } from "../../src/certificate/index.js"
import { WebhookIntake } from "../../src/webhook-start/webhook-intake.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { untilTrue } from "../support/waiting.js"
import { expiredCertificate } from "../support/issued-certificate.js"
import { RecordingQueue } from "../support/recording-queue.js"
import { apiError, cut, htmlPage, type Script, silence } from "../support/webhook-telegram.js"
import { Started, token } from "../support/started-webhook.js"

const started = Started.forEachTest()
const host = "bot.example.com"
const webhookUrl = `https://${host}:8443/hook`
const pair = await createCertificate(host, { days: 10 })
const stranger = await createCertificate("other.example.com", { days: 10 })
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-"))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe("an error that this machine can detect causes no call to Telegram", () => {
  test.each([
    ["an http: URL", { webhookUrl: `http://${host}/hook` }, /an https: URL/],
    ["a refused port", { webhookUrl: `https://${host}:8080/hook` }, /443, 80, 88 or 8443/],
    ["a URL without a scheme", { webhookUrl: `${host}/hook` }, /a complete URL/],
    ["a URL of another scheme", { webhookUrl: "ftp://example.com/" }, /a complete URL/],
    ["an empty URL", { webhookUrl: "" }, /a complete URL/],
    ["a reserved address", { webhookUrl: "https://192.168.1.5/hook" }, /on the public internet/],
    ["a loopback address in disguise", { webhookUrl: "https://0x7f.1/" }, /the public internet/],
    ["localhost", { webhookUrl: "https://localhost:8443/hook" }, /on the public internet/],
    ["an IPv6 address", { webhookUrl: "https://[2001:db8::1]/hook" }, /does not call IPv6/],
    ["an endless URL", { webhookUrl: `https://${host}/${"x".repeat(4200)}` }, /3400 characters/],
    ["bad secret letters", { webhookUrl, secretToken: "no spaces" }, /`secretToken`/],
    ["a long secret", { webhookUrl, secretToken: "x".repeat(257) }, /`secretToken`/],
    ["an empty secret", { webhookUrl, secretToken: "" }, /`secretToken`/],
    ["no max_connections", { webhookUrl, maxConnections: 0 }, /from 1 to 100/],
    ["too many max_connections", { webhookUrl, maxConnections: 101 }, /from 1 to 100/],
    ["a reserved ip_address", { webhookUrl, ipAddress: "10.0.0.1" }, /`ipAddress`/],
    ["an ip_address that is none", { webhookUrl, ipAddress: "1.2.3" }, /`ipAddress`/],
    ["an IPv6 ip_address", { webhookUrl, ipAddress: "2001:db8::1" }, /`ipAddress`/],
    ["a path with a query", { webhookUrl, urlPath: "hook?x" }, /`urlPath`/],
    ["a wrong number of retries", { webhookUrl, bootstrapRetries: -2 }, /`bootstrapRetries`/],
    ["a wrong port", { webhookUrl, port: 65_536 }, /`port`/],
    ["a key without a certificate", { webhookUrl, key: pair.key }, /`cert` option with `key`/],
    ["a path of its own beside TLS", { webhookUrl, urlPath: "other", ...pair }, /`urlPath`/],
  ])("%s", async (_, options, message) => {
    const error = await started.failure(options)
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(message)
    expect(started.telegram.calls).toEqual([])
  })

  test.each(["/run/bot.sock", String.raw`\\.\pipe\bot`])("a path as a port: %s", async (path) => {
    const port = path as unknown as number // as `process.env.PORT` on some hosts
    const error = await started.failure({ webhookUrl, port })
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain(`listen: ${JSON.stringify(`unix:${path}`)}`)
  })

  test.each([
    ["a key that does not fit", { key: stranger.key, cert: pair.cert }, /key does not belong/],
    ["a certificate for another host", stranger, /names .*other\.example\.com.*bot\.example\.com/],
    ["another host behind a proxy", { cert: stranger.cert }, /names .*other\.example\.com/],
    ["a key in place of the certificate", { cert: pair.key }, /private key was given in place/],
    ["a damaged certificate", { cert: `${pair.cert.slice(0, 200)}\n${pair.cert.slice(-60)}` }, /./],
  ])("%s", async (_, certificate, message) => {
    const error = await started.failure({ webhookUrl, ...certificate })
    expect(error).toMatchObject({ name: "SounderError", code: "certificate-mismatch" })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain("PRIVATE KEY-----\nM")
    expect(started.telegram.calls).toEqual([])
  })

  test("an expired certificate", async (context) => {
    const expired = await expiredCertificate(folder, host, context)
    const error = await started.failure({ webhookUrl, ...expired })
    expect(error).toMatchObject({ code: "certificate-mismatch" })
    expect(error.message).toContain("The certificate expired")
    expect(started.telegram.calls).toEqual([])
  })

  test("a certificate for another host on a server that bots share", async () => {
    const server = new WebhookServer({ port: started.port, ...stranger })
    const error = await started.failure({ webhookUrl, server, port: undefined })
    expect(error).toMatchObject({ code: "certificate-mismatch" })
    expect(server.address).toBeUndefined()
    expect(started.telegram.calls).toEqual([])
  })

  test("a missing file", async () => {
    const cert = join(folder, "nowhere.pem")
    const error = await started.failure({ webhookUrl, key: pair.key, cert })
    expect(error).toMatchObject({ code: "certificate-unreadable" })
    expect(error.message).toBe(
      `Cannot read the file ${cert} of the \`cert\` option: there is no such file. Create it with \`sounder certificate HOST\``,
    )
    expect(started.telegram.calls).toEqual([])
  })

  test("a folder instead of a file", async () => {
    const error = await started.failure({ webhookUrl, key: folder, cert: pair.cert })
    expect(error).toMatchObject({ code: "certificate-unreadable" })
    expect(error.message).toContain("`key` option: the path is a folder")
  })

  test("a file that is not PEM", async () => {
    const file = join(folder, "cert.der")
    await writeFile(file, Buffer.from([0x30, 0x82, 0x01]))
    const error = await started.failure({ webhookUrl, cert: file })
    expect(error).toMatchObject({ code: "certificate-unreadable" })
    expect(error.message).toContain("openssl x509 -inform der")
  })

  test("an unreadable file", async (context) => {
    if (process.getuid?.() === 0) context.skip("root may read everything")
    const file = join(folder, "secret.key")
    await writeFile(file, pair.key)
    await chmod(file, 0)
    const error = await started.failure({ webhookUrl, key: file, cert: pair.cert })
    expect(error.message).toContain("this process may not read it")
  })

  test("a port in use", async () => {
    const other = createServer().listen(started.port, "127.0.0.1")
    await once(other, "listening")
    const starting = started.start({ webhookUrl })
    await expect(starting).rejects.toMatchObject({ code: "listen-failed" })
    await expect(starting).rejects.toThrow(/another program listens there/)
    expect(started.telegram.calls).toEqual([])
    other.close()
    await once(other, "close")
  })

  test("an address of another machine", async () => {
    const error = await started.failure({ webhookUrl, listen: "192.0.2.1" })
    expect(error).toMatchObject({ code: "listen-failed" })
    expect(started.telegram.calls).toEqual([])
  })

  test.each([{ listen: "127.0.0.1" }, { key: "private.key", cert: "cert.pem" }, { port: 80 }])(
    "options of a server together with a server: %o",
    async (options) => {
      const { bot, queue } = started
      const server = new WebhookServer({ port: 0 })
      const starting = WebhookIntake.start({ bot, queue, server, ...options })
      await expect(starting).rejects.toThrow(/with `server`/)
      expect(server.address).toBeUndefined()
    },
  )
})

describe("a Bot API server with --local accepts", () => {
  test.each([
    { webhookUrl: "http://127.0.0.1:8080/hook" },
    { webhookUrl: "http://[::1]:8080/hook" },
    { webhookUrl: "https://localhost:5000/hook", maxConnections: 100_000 },
    { webhookUrl: "http://bot/hook", ipAddress: "10.0.0.1" },
  ])("%o", async (options) => {
    await using bot = started.botOf({ localMode: true })
    await started.start({ bot, ...options })
    expect(started.telegram.registered?.url).toBe(options.webhookUrl)
  })
})

describe("an error of Telegram ends the start with advice, and no server is left listening", () => {
  const cases: readonly (readonly [string, Script, string, RegExp])[] = [
    ["401", apiError(401, "Unauthorized"), "unauthorized", /Check the bot's token with @BotFather/],
    ["404", apiError(404, "Not Found"), "unauthorized", /Check the bot's token with @BotFather/],
    ["429", apiError(429, "Too Many Requests", { retry_after: 1 }), "retry-after", /429/],
    ["500", apiError(500, "Internal Server Error: restart"), "api-error", /500/],
    ["502 with HTML", htmlPage, "network-error", /502/],
    ["a cut connection", cut, "network-error", /./],
    ["409", apiError(409, "Conflict: terminated by other setWebhook"), "conflict", /409/],
  ]

  test.each(cases)("%s to getWebhookInfo", async (_, script, code, message) => {
    started.telegram.scripts.set("getWebhookInfo", [script])
    const error = await started.failure({ webhookUrl })
    expect(error).toMatchObject({ code })
    expect(error.message).toMatch(message)
    expect(started.telegram.methods).toEqual(["getWebhookInfo"])
  })

  test.each(cases)("%s to setWebhook", async (_, script, code, message) => {
    started.telegram.scripts.set("setWebhook", [script])
    const error = await started.failure({ webhookUrl })
    expect(error).toMatchObject({ code })
    expect(error.message).toMatch(message)
  })

  test("no answer", async () => {
    started.telegram.scripts.set("getWebhookInfo", [silence])
    await using bot = started.botOf({ timeoutMs: 100 })
    const error = await started.failure({ bot, webhookUrl })
    expect(error).toMatchObject({ code: "network-error" })
  })

  test("no network", async () => {
    const apiRoot = started.telegram.apiRoot
    await started.telegram.stop()
    await using bot = new Bot(token, { apiRoot, timeoutMs: 1000 })
    const error = await started.failure({ bot, webhookUrl })
    expect(error).toMatchObject({ code: "network-error" })
  })

  test.each([
    ["Failed to resolve host: Name or service not known", /Check the name and its A record/],
    ["IP address 127.0.0.1 is reserved", /not on the public internet/],
    ["IPv6-only addresses are not allowed", /Give the name an IPv4 address/],
    ["Failed to set custom certificate file", /Upload the certificate in PEM form/],
    ["something new", /No webhook is registered now/],
  ])("a refusal: %s", async (reason, advice) => {
    const script = apiError(400, `Bad Request: bad webhook: ${reason}`)
    started.telegram.scripts.set("setWebhook", [script])
    const error = await started.failure({ webhookUrl })
    expect(error).toMatchObject({ code: "webhook-refused", cause: { errorCode: 400 } })
    expect(error.message).toContain(reason)
    expect(error.message).toMatch(advice)
  })
})

describe("bootstrapRetries", () => {
  test("repeats the call after a transient failure, and logs it", async () => {
    const { telegram, logger } = started
    const scripts = [htmlPage, cut, apiError(500, "Internal Server Error")]
    telegram.scripts.set("getWebhookInfo", [...scripts])
    telegram.scripts.set("setWebhook", [apiError(429, "Too Many", { retry_after: 0.01 })])
    await started.start({ webhookUrl, bootstrapRetries: 3 })
    expect(telegram.methods.filter((method) => method === "getWebhookInfo")).toHaveLength(4)
    expect(telegram.methods.filter((method) => method === "setWebhook")).toHaveLength(2)
    expect(logger.warn.mock.calls.flat().join()).toContain("Trying again in")
  })

  test("rejects after the last attempt", async () => {
    started.telegram.scripts.set("getWebhookInfo", [htmlPage, htmlPage, htmlPage])
    await started.failure({ webhookUrl, bootstrapRetries: 1 })
    expect(started.telegram.methods).toEqual(["getWebhookInfo", "getWebhookInfo"])
  })

  test.each([
    ["an unknown token", apiError(401, "Unauthorized")],
    ["a refusal", apiError(400, "Bad Request: bad webhook: something")],
  ])("makes one attempt if %s", async (_, script) => {
    started.telegram.scripts.set("setWebhook", [script])
    await started.failure({ webhookUrl, bootstrapRetries: -1 })
    expect(started.telegram.methods).toEqual(["getWebhookInfo", "setWebhook"])
  })

  test("without a limit end with the signal", async () => {
    const { telegram } = started
    telegram.scripts.set(
      "getWebhookInfo",
      Array.from({ length: 50 }, () => htmlPage),
    )
    const abort = new AbortController()
    const failure = started.failure({ webhookUrl, bootstrapRetries: -1, signal: abort.signal })
    await untilTrue(() => telegram.calls.length > 1)
    abort.abort(new Error("enough"))
    expect((await failure).message).toBe("enough")
  })
})

test("a failed start can be followed by a successful one", async () => {
  const queue = new RecordingQueue()
  await started.failure({ webhookUrl: "http://example.com", queue })
  started.telegram.scripts.set("getWebhookInfo", [htmlPage])
  await started.failure({ webhookUrl, queue })
  await started.start({ webhookUrl, queue })
  expect(started.telegram.registered?.url).toBe(webhookUrl)
})
