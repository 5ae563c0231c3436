import { describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { examine } from "../../src/doctor/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { DnsServer } from "../support/dns-server.js"
import { type Arranged, expectNamedAndFixed, type SetUp } from "./set-up.js"
import { host, Stage, webhookUrl } from "../support/doctor-stage.js"

const publicAddress = "149.154.1.1"

/** Starts a bot whose name is in DNS, at a public address played on this machine. */
async function inDns(
  stage: Stage,
  before: { A?: string; AAAA?: string } | undefined,
): Promise<Arranged & { dns: DnsServer }> {
  await stage.startBot()
  const dns = stage.use(await DnsServer.start(before ? { [host]: before } : {}))
  const hosts = { [`${publicAddress}:443`]: `127.0.0.1:${stage.port}` }
  return {
    dns,
    options: { hosts, dnsServers: [dns.address], withoutBot: true },
    async fix() {
      dns.zone[host] = { A: publicAddress }
    },
  }
}

const setUps: readonly SetUp[] = [
  {
    name: "a name that is not in DNS",
    code: "host-not-found",
    arrange: async (stage) => ({ ...(await inDns(stage, undefined)), advice: /A record/ }),
  },
  {
    name: "a name that has an IPv6 address only",
    code: "ipv6-only",
    arrange: async (stage) => ({
      ...(await inDns(stage, { AAAA: "2001:db8::7" })),
      advice: /Add an A record/,
    }),
  },
  {
    name: "a name that leads to a reserved address",
    code: "reserved-address",
    arrange: async (stage) => ({
      ...(await inDns(stage, { A: "127.0.0.3" })),
      advice: /public address/,
    }),
  },
  {
    name: "a name that leads to a reserved address here, and not outside",
    code: "reserved-address",
    async arrange(stage) {
      const { options } = await inDns(stage, { A: "10.1.2.3" })
      const optionsAfter = { resolve: { [host]: publicAddress } }
      return {
        options: { ...options, timeoutMs: 1_500 },
        optionsAfter,
        fix: async () => {},
        advice: /--resolve/,
      }
    },
  },
  {
    name: "a resolver that does not answer",
    code: "dns-failed",
    async arrange(stage) {
      const { options, dns } = await inDns(stage, { A: publicAddress })
      const dnsServers = [`127.0.0.1:${await freePort()}`]
      const optionsAfter = { dnsServers: [dns.address] }
      return {
        options: { ...options, dnsServers },
        optionsAfter,
        fix: async () => {},
        advice: /--dns/,
      }
    },
  },
  {
    name: "a URL with an IPv6 address",
    code: "ipv6-only",
    async arrange(stage) {
      await stage.startBot()
      return {
        options: { withoutBot: true },
        url: "https://[2001:db8::7]/hook",
        fix: async () => {},
        urlAfter: webhookUrl,
      }
    },
  },
  {
    name: "a URL with http:",
    code: "url-not-https",
    async arrange(stage) {
      await stage.startBot({ tls: false, port: await freePort() })
      const plain = await stage.serve((_, response) => void response.end(), {
        port: await freePort(),
      })
      const { port } = plain.address() as { port: number }
      return {
        options: { withoutBot: true, hosts: { [`${host}:80`]: `127.0.0.1:${port}` } },
        url: `http://${host}/hook`,
        async fix() {
          await stage.serve((_, response) => void response.end(), { pair: stage.right })
        },
        urlAfter: webhookUrl,
        optionsAfter: { hosts: { [`${host}:443`]: `127.0.0.1:${stage.port}` } },
      }
    },
  },
  {
    name: "what is no URL",
    code: "url-invalid",
    async arrange(stage) {
      await stage.startBot()
      return {
        options: { withoutBot: true },
        url: "bot.example.com/hook",
        fix: async () => {},
        urlAfter: webhookUrl,
      }
    },
  },
  {
    name: "the token in the path",
    code: "token-in-url",
    async arrange(stage) {
      const url = `https://${host}/${stage.account.token}`
      const updater = await stage.startBot({ urlPath: stage.account.token, url })
      return {
        url,
        urlAfter: webhookUrl,
        async fix() {
          await updater.stop()
          await stage.startBot()
        },
      }
    },
  },
  {
    name: "a token that Telegram does not know",
    code: "token-invalid",
    async arrange(stage) {
      await stage.startBot()
      const bot = stage.use(
        new Bot("1234567:not-a-token-of-anybody", { apiRoot: stage.telegram.apiRoot }),
      )
      return { options: { bot }, fix: async () => {}, optionsAfter: { bot: stage.bot } }
    },
  },
  {
    name: "Telegram out of reach",
    code: "telegram-unreachable",
    async arrange(stage) {
      await stage.startBot()
      const apiRoot = `http://127.0.0.1:${await freePort()}`
      const bot = stage.use(new Bot(stage.account.token, { apiRoot, logger: silentLogger }))
      return { options: { bot }, fix: async () => {}, optionsAfter: { bot: stage.bot } }
    },
  },
  {
    name: "no webhook",
    code: "no-webhook",
    async arrange(stage) {
      await stage.startBot()
      await stage.bot.deleteWebhook()
      return { advice: /sounder webhook set/, fix: () => stage.register() }
    },
  },
  {
    name: "no webhook, and no URL",
    code: "no-webhook",
    async arrange(stage) {
      await stage.startBot()
      await stage.bot.deleteWebhook()
      return { url: null, advice: /--polling/, fix: () => stage.register() }
    },
  },
  {
    name: "a webhook that is set elsewhere",
    code: "registered-elsewhere",
    async arrange(stage) {
      await stage.startBot()
      stage.telegram.setHost("other.example.com:443", "127.0.0.1:1")
      await stage.register({ url: "https://other.example.com/hook" })
      return { advice: /sounder webhook set/, fix: () => stage.register() }
    },
  },
  {
    name: "a webhook where polling was meant",
    code: "webhook-while-polling",
    async arrange(stage) {
      const updater = await stage.startBot()
      return {
        url: null,
        options: { polling: true },
        advice: /sounder webhook delete/,
        async fix() {
          await updater.stop()
          await stage.bot.deleteWebhook()
        },
      }
    },
  },
  {
    name: "a second poller",
    code: "other-poller",
    isRealTime: true,
    async arrange(stage) {
      const bot = stage.use(new Bot(stage.account.token, { apiRoot: stage.telegram.apiRoot }))
      const other = new Updater({ bot, logger: silentLogger })
      await other.startPolling()
      stage.use({ [Symbol.asyncDispose]: async () => void (await other.stop()) })
      return {
        url: null,
        options: { polling: true, pollersMs: 6_000 },
        fix: () => other.stop(),
      }
    },
  },
]

describe("the doctor names the fault and nothing else, and has no finding after the fix", () => {
  test.for(setUps)("$name", expectNamedAndFixed)
})

test("a bot that polls intentionally has no findings", async () => {
  await using stage = await Stage.open()
  const { findings, url } = await stage.examine({ polling: true }, undefined, true)
  expect(findings).toEqual([])
  expect(url).toBe("")
})

test("the search for pollers confirms no update", async () => {
  await using stage = await Stage.open()
  await stage.telegram.user().send(stage.account, "hi")
  const { checks } = await stage.examine({ polling: true, pollersMs: 500 }, undefined, true)
  expect(checks.find(({ name }) => name === "pollers")).toMatchObject({
    outcome: "skipped",
    note: expect.stringContaining("updates are pending at Telegram") as unknown,
  })
  expect((await stage.bot.getWebhookInfo()).pending_update_count).toBe(1)
})

test.each(["999.1.1.1", "1.2.3", "", "bot.example.com"])(
  "the doctor does not take %j for an address from DNS",
  async (address) => {
    const examined = examine(webhookUrl, { resolve: { [host]: ["203.0.113.7", address] } })
    await expect(examined).rejects.toThrow(/`resolve` option to be IP addresses/)
  },
)
