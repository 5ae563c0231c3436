import { X509Certificate } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { once } from "node:events"
import { connect } from "node:tls"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { AcmeOptions } from "../../src/acme/index.js"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { Simulator } from "@sounder/simulator"
import { Updater } from "../../src/updater.js"
import { BusyBot } from "../support/busy-bot.js"
import { freePort } from "../support/free-port.js"
import { Pebble, type PebbleOptions } from "../support/pebble.js"
import type { Skippable } from "../support/leave-out.js"
import { untilTrue } from "../support/waiting.js"

const host = "bot.example.com"
let folder = ""
let pebble: Pebble | undefined
let bot: BusyBot | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-acme-"))
})
afterEach(async () => {
  await bot?.[Symbol.asyncDispose]()
  await pebble?.[Symbol.asyncDispose]()
  bot = pebble = undefined
  await rm(folder, { recursive: true })
})

/** Opens an authority, a Telegram that trusts it, and a bot at a host, which is not started yet. */
async function open(context: Skippable, name: string, options: PebbleOptions = {}) {
  const tlsPort = await freePort()
  const ca = await Pebble.start(context, { tlsPort, ...options })
  pebble = ca
  const busy = await BusyBot.open(name, [await ca.root()], tlsPort)
  bot = busy
  const { directory, directoryCa } = ca
  const acme: AcmeOptions = { directory, directoryCa, folder, termsOfServiceAgreed: true }
  return { ca, busy, acme }
}

/** Returns the certificate that a client gets. */
async function shown(port: number): Promise<X509Certificate> {
  const socket = connect({ port, servername: host, rejectUnauthorized: false })
  await once(socket, "secureConnect")
  const { raw } = socket.getPeerCertificate()
  socket.destroy()
  return new X509Certificate(raw)
}

describe("startWebhook with `acme`", () => {
  test("gets a certificate for the host of `webhookUrl`, and Telegram delivers over it", async (context) => {
    const { busy, acme } = await open(context, host)
    await busy.start({ acme })
    busy.write(2)
    await busy.more(6)
    await busy.calm()
    expect(busy.failed).toEqual([])
  })

  test("gets a certificate for an IP address, which is not uploaded and which Telegram trusts", async (context) => {
    const port = await freePort()
    const ca = await Pebble.start(context, { tlsPort: port })
    pebble = ca
    await using telegram = await Simulator.start({ local: true, authorities: [await ca.root()] })
    const account = telegram.bot()
    const options = { apiRoot: telegram.apiRoot, localMode: true }
    await using updater = new Updater({
      bot: new Bot(account.token, options),
      logger: silentLogger,
    })
    updater.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
    const { directory, directoryCa } = ca
    const challenge = "tls-alpn-01"
    await updater.startWebhook({
      port,
      webhookUrl: `https://127.0.0.1:${port}/hook`,
      acme: { directory, directoryCa, folder, challenge, termsOfServiceAgreed: true },
    })
    const person = telegram.user()
    await person.send(account, "Hello")
    expect((await person.hears()).text).toBe("Hello")
    expect((await updater.bot.getWebhookInfo()).has_custom_certificate).toBe(false)
    await updater.stop()
    await updater.bot[Symbol.asyncDispose]()
  })

  test("renews it under load without a failed request", async (context) => {
    const { busy, acme } = await open(context, host, { lifeSeconds: 60 })
    await busy.start({ acme: { ...acme, renewAt: 0.07 } })
    busy.said.length = 0
    busy.write()
    const seen = new Set<string>()
    await untilTrue(async () => {
      seen.add((await shown(busy.port)).fingerprint)
      return seen.size === 4
    })
    await busy.more(40)
    const sent = await busy.calm()
    expect(busy.failed).toEqual([])
    expect(busy.heard.length).toBe(sent)
    expect(busy.warnings).toEqual([])
    expect(busy.telegram.calls.filter(({ method }) => method === "setWebhook")).toHaveLength(1)
  })

  test("keeps serving the old certificate when a renewal is refused, and logs the reason", async (context) => {
    const { ca, busy, acme } = await open(context, host, { lifeSeconds: 100 })
    await busy.start({ acme: { ...acme, renewAt: 0.06 } })
    const before = await shown(busy.port)
    busy.said.length = 0
    await ca.stopAuthority()
    await untilTrue(() => busy.warnings.length > 0)
    expect(busy.warnings).toEqual([
      expect.stringMatching(
        /No certificate for bot\.example\.com.*cannot reach the authority.*The old certificate stays/,
      ),
    ])
    busy.write(2)
    await busy.more(6)
    await busy.calm()
    expect((await shown(busy.port)).fingerprint).toBe(before.fingerprint)
    expect(busy.failed).toEqual([])
  })

  test("registers no webhook if no certificate can be issued", async (context) => {
    const { busy, acme } = await open(context, host, { blocked: [host] })
    await expect(busy.start({ acme })).rejects.toMatchObject({ code: "acme-failed" })
    expect(busy.telegram.calls.filter(({ method }) => method === "setWebhook")).toEqual([])
    await expect(shown(busy.port)).rejects.toThrow("ECONNREFUSED")
  })

  test("can be stopped while the authority is issuing", async (context) => {
    const { busy, acme } = await open(context, host, { refusedNonces: 90 })
    const started = busy.start({ acme }).catch((error: unknown) => error)
    await untilTrue(() => busy.telegram !== undefined)
    await busy.updater.stop()
    expect(await started).toMatchObject({ code: "not-running" })
    await expect(shown(busy.port)).rejects.toThrow("ECONNREFUSED")
  })

  test.each([
    [{ termsOfServiceAgreed: undefined }, "`acme.termsOfServiceAgreed` option to be true"],
    [{ hosts: ["other.example.com"] }, "the `acme.hosts` option to contain"],
    [{ hosts: ["*.example.com"] }, "to contain"],
    [{ directory: "http://127.0.0.1/dir" }, "the https: URL of a directory"],
    [{ staging: true }, "either the `acme.directory` or the `acme.staging`"],
    [{ challenge: "dns-01" }, '"tls-alpn-01" or "http-01"'],
    [{ renewAt: 1 }, "a number between 0 and 1"],
    [{ email: "nobody" }, "an e-mail address"],
  ])("refuses %j", async (wrong, message) => {
    bot = await BusyBot.open(host)
    const directory = "https://127.0.0.1:1/dir"
    const acme = { directory, folder, termsOfServiceAgreed: true, ...wrong } as AcmeOptions
    await expect(bot.start({ acme })).rejects.toThrow(message)
  })
})
