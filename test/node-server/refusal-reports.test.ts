import { describe, expect, onTestFinished, test } from "vitest"
import { createCertificate } from "../../src/certificate/index.js"
import { connectionRefused, type ConnectionRefused } from "../../src/events/index.js"
import { RefusalReports } from "../../src/node-server/refusal-reports.js"
import type { WebhookServerOptions } from "../../src/node-server/webhook-server-options.js"
import { finished, packageFolder } from "../support/built.js"
import { onlyWith } from "../support/real-servers.js"
import { requestText } from "../support/raw-client.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { Served } from "../support/served-webhook.js"
import { proxyHeaderV1 } from "../support/proxy-headers.js"

const served = Served.forEachTest()
const update = requestText('{"update_id":1}')

/** Starts with these options. Returns the refusals and log lines from then on. */
async function starting(options: WebhookServerOptions) {
  const logger = new RecordingLogger()
  const refused: ConnectionRefused[] = []
  onTestFinished(connectionRefused.subscribe((message) => refused.push(message)))
  await served.start({ logger, ...options })
  return { logger, refused }
}

async function closedBy(bytes: string | Uint8Array): Promise<void> {
  const client = await served.open()
  client.send(bytes)
  await client.closed()
}

const greeting = Buffer.from("160301020001fc0303", "hex")
const pair = await createCertificate("bot.example.com")

describe("a refusal before any webhook is counted, and logged once with its remedy", () => {
  test.each<[string, WebhookServerOptions, string | Uint8Array, string, RegExp]>([
    ["TLS on a plain port", {}, greeting, "tls-on-http", /plain HTTP.*http:\/\/.*`key` and `cert`/],
    ["plain HTTP on a TLS port", pair, update, "plain-http", /speaks HTTPS.*https:\/\//],
    [
      "the PROXY protocol unasked",
      {},
      proxyHeaderV1("192.0.2.1") + update,
      "unexpected-proxy-header",
      /`proxyProtocol: true`.*send-proxy/,
    ],
    [
      "the PROXY protocol in front of TLS, unasked",
      pair,
      proxyHeaderV1("192.0.2.1") + update,
      "tls",
      /does not speak TLS.*`proxyProtocol: true`/,
    ],
    ["no PROXY protocol", { proxyProtocol: true }, update, "proxy-header", /send-proxy-v2/],
    [
      "the PROXY protocol of a stranger",
      { proxyProtocol: true, trustedProxies: ["10.0.0.0/8"] },
      proxyHeaderV1("192.0.2.1") + update,
      "untrusted-proxy",
      /127\.0\.0\.1.*`trustedProxies`/,
    ],
  ])("%s", async (_, options, bytes, reason, cure) => {
    const { logger, refused } = await starting(options)
    for (let round = 0; round < 3; round += 1) await closedBy(bytes)
    await expect.poll(() => refused.map((one) => one.reason)).toEqual([reason, reason, reason])
    expect(logger.at("warn")).toEqual([expect.stringMatching(cure)])
  })

  test.each(["-tls1_2", "-tls1_3"])(
    "by a client that does not trust the certificate (openssl s_client %s)",
    onlyWith("openssl"),
    async (version) => {
      const { logger, refused } = await starting(pair)
      const { port = 0 } = served.server.address ?? {}
      const asked = ["-connect", `127.0.0.1:${port}`, "-servername", "bot.example.com", version]
      await finished("openssl", ["s_client", "-verify_return_error", ...asked], packageFolder)
      await expect.poll(() => refused).toEqual([{ reason: "tls", client: "127.0.0.1" }])
      expect(logger.at("warn")).toEqual([expect.stringMatching(/does not trust.*sounder doctor/)])
    },
  )

  test("garbage, as scanners send, is counted but not logged", async () => {
    const { logger, refused } = await starting({})
    await closedBy("garbage\r\n\r\n")
    await expect.poll(() => refused).toEqual([{ reason: "not-http", client: "127.0.0.1" }])
    expect(logger.lines).toEqual([])
  })

  test("a check whether the port is open is not a refusal", async () => {
    for (const options of [{}, pair, { proxyProtocol: true }]) {
      const { logger, refused } = await starting(options)
      const client = await served.open()
      client.socket.end()
      await client.closed()
      expect({ refused, lines: logger.lines }).toEqual({ refused: [], lines: [] })
    }
  })

  test.each([
    [{ allowFrom: ["telegram"] }, /from 127\.0\.0\.1 .*403.*`allowFrom`.*`trustedProxies`/],
    [
      { allowFrom: ["telegram"], trustedProxies: 1 },
      /no trusted proxy reported.*x-forwarded-for.*`trustedProxies`/,
    ],
  ] as const)("an address that is not permitted, with %o", async (options, cure) => {
    const { logger } = await starting(options)
    for (let round = 0; round < 3; round += 1) expect((await served.ask(update)).status).toBe(403)
    expect(logger.at("warn").at(-1)).toMatch(cure)
    expect(logger.at("warn").filter((line) => line.includes("403"))).toHaveLength(1)
  })
})

describe("a list of addresses behind an untrusted proxy", () => {
  test.each<[WebhookServerOptions, boolean]>([
    [{ allowFrom: ["telegram"] }, true],
    [{ allowFrom: ["telegram"], trustedProxies: 1 }, false],
    [{ allowFrom: ["telegram"], proxyProtocol: true }, false],
    [{ allowFrom: ["telegram"], listen: "0.0.0.0" }, false],
    [{ allowFrom: ["telegram"], ...pair }, false],
    [{}, false],
  ])("is warned of at the start: %o: %s", async (options, isWarned) => {
    const { logger } = await starting(options)
    expect(logger.at("warn").length > 0).toBe(isWarned)
  })
})

describe("reports of refusals", () => {
  test("of strangers are logged once, those of Telegram and of proxies repeatedly", () => {
    const logger = new RecordingLogger()
    const reports = new RefusalReports(logger)
    for (const client of ["203.0.113.9", "149.154.167.5", "10.0.0.1"]) {
      for (let round = 0; round < 3; round += 1) reports.report("tls", client, `from ${client}`, 0)
    }
    expect(logger.at("warn")).toHaveLength(9)
    reports.report("other", "203.0.113.9", "once")
    reports.report("other", "203.0.113.10", "once")
    reports.report("other", "149.154.167.5", "Telegram")
    expect(logger.at("warn").slice(9)).toEqual(["warn once", "warn Telegram"])
  })
})
