import { expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { createCertificate } from "../../../src/certificate/index.js"
import { filters } from "../../../src/dispatch/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { WebhookServer } from "../../../src/node-server/webhook-server.js"
import { Simulator } from "@sounder/simulator"
import { Updater } from "../../../src/updater.js"
import { freePort } from "../../support/free-port.js"

/** EC by default, RSA by name, and an IP address, for which Telegram sends no name. */
const hosts = ["sales.example.com", "support.example.com", "198.51.100.7"]

test("bots of several names share a server, each with its own self-signed certificate", async () => {
  const port = await freePort()
  const names = hosts.map((host) => [`${host}:443`, `127.0.0.1:${port}`])
  // The hosts resolve to this machine.
  const playedHosts = Object.fromEntries(names) as Record<string, string>
  await using telegram = await Simulator.start({ hosts: playedHosts })
  const certificates = await Promise.all(
    hosts.map((host, index) => createCertificate(host, { keyType: index === 1 ? "rsa" : "ec" })),
  )
  await using server = new WebhookServer({ port, certificates })
  const person = telegram.user()
  const updaters: Updater[] = []
  for (const [index, host] of hosts.entries()) {
    const account = telegram.bot()
    const bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
    const updater = new Updater({ bot, logger: silentLogger })
    updaters.push(updater)
    updater.dispatcher.on(filters.text, (ctx) => ctx.reply(`${host}: ${ctx.message.text}`))
    await updater.startWebhook({
      server,
      webhookUrl: `https://${host}/hook${index}`,
      ...(host === hosts[2] && { ipAddress: "8.8.8.8" }),
    })
    await person.send(account, "Hello")
    expect((await person.hears()).text).toBe(`${host}: Hello`)
    const info = await bot.getWebhookInfo()
    expect(info.has_custom_certificate).toBe(true)
    expect(info.last_error_message).toBeUndefined()
  }
  for (const updater of updaters) await updater.stop()
  await Promise.all(updaters.map((updater) => updater.bot[Symbol.asyncDispose]()))
})
