// @ts-check
/**
 * A bot answers, on this machine: over a TLS webhook (or by polling) against the simulated Telegram,
 * or, with BOT_TOKEN set, by polling against the real one.
 *
 *   node demo/demo.mjs --help
 */
import { createServer } from "node:net"
import { once } from "node:events"
import { Bot, createCertificate, Updater } from "sounder"
import { Simulator } from "@sounder/simulator"
import { handlers } from "./bot.mjs"
import { play } from "./conversation.mjs"
import { demoOptions } from "./demo-options.mjs"
import { echo } from "./echo.mjs"

// The same token at every start, so that an open chat page finds its chat again.
const simulatedToken = "8082000001:AA-simulated-for-the-demo-only-000000"
const options = demoOptions()

if (process.env.BOT_TOKEN) await onTelegram(process.env.BOT_TOKEN)
else await onThisMachine()

/** @param {string} token */
async function onTelegram(token) {
  const updater = new Updater({ token })
  echo(updater)
  handlers(updater.dispatcher)
  const me = await updater.bot.init()
  console.log(`Polling Telegram. Write to https://t.me/${me.username}; press Ctrl+C to stop.`)
  await updater.runPolling()
}

async function onThisMachine() {
  const port = await freePort()
  const hosts = { "bot.example.com:8443": `127.0.0.1:${port}` }
  const telegram = await startTelegram({ hosts, page: true })
  const account = telegram.bot({ token: simulatedToken, username: "demo_bot", first_name: "Demo" })
  const updater = new Updater({ bot: new Bot(account.token, { apiRoot: telegram.apiRoot }) })
  echo(updater)
  handlers(updater.dispatcher)
  console.log(`Telegram, simulated: ${telegram.apiRoot}`)
  console.log(`Chat page: ${telegram.pageUrl}`)
  await (options.polling ? startPolling(updater) : startWebhook(updater, port))
  try {
    await play(telegram, account)
    if (!options.once) await untilSignal()
  } finally {
    await updater.stop()
    await telegram[Symbol.asyncDispose]()
  }
}

/** @param {import("@sounder/simulator").SimulatorOptions} simulated */
async function startTelegram(simulated) {
  const { port, isPortChosen } = options
  try {
    return await Simulator.start({ ...simulated, port })
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error
    const fact = `Port ${port} is taken by another program, perhaps by another demo`
    if (isPortChosen) {
      console.error(`${fact}. Choose another one with --port, or --port 0 for a free one.`)
      process.exit(1)
    }
    console.log(`${fact}: the simulated Telegram gets a free one.`)
    return Simulator.start(simulated)
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
  console.log(
    `The bot listens on https://127.0.0.1:${port}, registered at Telegram as ${webhookUrl},`,
  )
  console.log("with a new certificate, which was uploaded.\n")
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

async function untilSignal() {
  console.log("\nThe bot keeps running. Write to it on the chat page; press Ctrl+C to stop.")
  // A signal listener does not keep the process alive; the servers do.
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")])
}
