// @ts-check
/**
 * A bot answers, on this machine: over a TLS webhook (or by polling) against the simulated Telegram,
 * or, with BOT_TOKEN set, by polling against the real one.
 *
 *   node demo/demo.mjs [--once] [--polling]
 */
import { createServer } from "node:net"
import { once } from "node:events"
import { parseArgs } from "node:util"
import { Bot, createCertificate, Updater } from "sounder"
import { Simulator } from "@sounder/simulator"
import { play } from "./conversation.mjs"
import { handlers } from "./bot.mjs"

const { values: options } = parseArgs({
  options: { once: { type: "boolean" }, polling: { type: "boolean" } },
})

if (process.env.BOT_TOKEN) await onTelegram(process.env.BOT_TOKEN)
else await onThisMachine()

/** @param {string} token */
async function onTelegram(token) {
  const updater = new Updater({ token })
  handlers(updater.dispatcher)
  const me = await updater.bot.init()
  console.log(`Polling Telegram. Write to https://t.me/${me.username}; Ctrl+C ends.`)
  await updater.runPolling()
}

async function onThisMachine() {
  const port = await freePort()
  const hosts = { "bot.example.com:8443": `127.0.0.1:${port}` }
  const telegram = await Simulator.start({ hosts, page: true })
  const account = telegram.bot({ username: "demo_bot", first_name: "Demo" })
  const updater = new Updater({ bot: new Bot(account.token, { apiRoot: telegram.apiRoot }) })
  handlers(updater.dispatcher)
  console.log(`Telegram, simulated: ${telegram.apiRoot}`)
  console.log(`Chat page: ${telegram.pageUrl}`)
  await (options.polling ? startPolling(updater) : startWebhook(updater, port))
  try {
    await play(telegram, account)
    if (!options.once) await staysUp()
  } finally {
    await updater.stop()
    await telegram[Symbol.asyncDispose]()
  }
}

/** @param {Updater} updater */
async function startPolling(updater) {
  await updater.startPolling()
  console.log("The bot polls.\n")
}

/**
 * @param {Updater} updater
 * @param {number} port
 */
async function startWebhook(updater, port) {
  const { key, cert } = await createCertificate("bot.example.com")
  const webhookUrl = "https://bot.example.com:8443/hook"
  await updater.startWebhook({ listen: "127.0.0.1", port, urlPath: "hook", key, cert, webhookUrl })
  console.log(`The bot listens on https://127.0.0.1:${port}, known to Telegram as ${webhookUrl},`)
  console.log("with a certificate made just now and uploaded.\n")
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("No free port")
  return address.port
}

async function staysUp() {
  console.log("\nThe bot stays up: write to it on the chat page. Ctrl+C ends.")
  // A signal listener does not keep the process alive; the servers do.
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
}
