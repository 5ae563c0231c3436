import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import { expect, onTestFinished, test } from "vitest"
import { Simulator } from "@sounder/simulator"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { Unauthorized } from "../../src/telegram/errors.js"
import { freePort, portOf } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

/** Starts a Bot API that answers nothing until it is released, and counts its connections. */
async function heldTelegram() {
  const waiting: (() => void)[] = []
  let isHeld = true
  let connections = 0
  const answer = (url: string, response: ServerResponse) => {
    const info = { url: "", has_custom_certificate: false, pending_update_count: 0 }
    const result = url.endsWith("getWebhookInfo") ? info : true
    response.setHeader("content-type", "application/json").end(JSON.stringify({ ok: true, result }))
  }
  const server = createServer((request, response) => {
    request.resume()
    const act = () => answer(request.url ?? "", response)
    if (isHeld) waiting.push(act)
    else act()
  })
  server.on("connection", () => (connections += 1))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, "close")
  })
  return {
    apiRoot: `http://127.0.0.1:${portOf(server)}`,
    waiting,
    connections: () => connections,
    letGo: () => {
      isHeld = false
      for (const act of waiting.splice(0)) act()
    },
  }
}

function fleetAt(apiRoot: string, options: FleetOptions = {}): Fleet {
  const fleet = new Fleet({
    botOptions: { apiRoot, localMode: true },
    logger: silentLogger,
    ...options,
  })
  onTestFinished(() => fleet[Symbol.asyncDispose]())
  return fleet
}

async function place() {
  const port = await freePort()
  return { server: new WebhookServer({ port }), webhookUrl: `http://127.0.0.1:${port}/bots` }
}

const tokens = (count: number) =>
  Array.from({ length: count }, (_, index) => `${1_000 + index}:${"A".repeat(35)}`)

/** Sends an update as Telegram would. Returns the status. */
async function send(webhookUrl: string, token: string): Promise<number> {
  const message = { message_id: 1, date: 1, text: "x", chat: { id: 7 } }
  const response = await fetch(`${webhookUrl}/${token.split(":")[0]}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": deriveSecretToken(token),
    },
    body: JSON.stringify({ update_id: 1, message }),
  })
  await response.text()
  return response.status
}

test("all bots of a fleet accept updates before the first is registered, over a few connections", async () => {
  const telegram = await heldTelegram()
  const fleet = fleetAt(telegram.apiRoot)
  const all = tokens(100)
  for (const token of all) await fleet.add(token)
  const handled: number[] = []
  fleet.dispatcher.use((ctx) => void handled.push(ctx.bot.id))
  const options = await place()
  const starting = fleet.startWebhook(options)
  // The permitted number of bots call Telegram, and none has an answer.
  await untilTrue(() => telegram.waiting.length === 16)
  expect(new Set(await Promise.all(all.map((token) => send(options.webhookUrl, token))))).toEqual(
    new Set([200]),
  )
  expect(handled).toHaveLength(100)
  telegram.letGo()
  expect((await starting).started).toHaveLength(100)
  expect(telegram.connections()).toBeLessThan(50)
})

test("a path of the fleet answers 503 until its bot receives, never 404", async () => {
  const telegram = await Simulator.start({ local: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const fleet = fleetAt(telegram.apiRoot)
  const [one, other] = [telegram.bot(), telegram.bot()]
  await fleet.add(one.token)
  await fleet.add(other.token)
  telegram.fault("setWebhook", { status: 500 }, 1)
  const options = await place()
  const { failed } = await fleet.startWebhook(options)
  expect(failed).toHaveLength(1)
  telegram.fault("setWebhook", { status: 500 }, 1_000)
  expect(await send(options.webhookUrl, failed[0]?.bot.token ?? "")).toBe(503)
})

test("a bot whose registration failed is registered again", async () => {
  const telegram = await Simulator.start({ local: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const fleet = fleetAt(telegram.apiRoot)
  fleet.dispatcher.use((ctx) => ctx.reply?.("hello"))
  const [one, other] = [telegram.bot(), telegram.bot()]
  await fleet.add(one.token)
  await fleet.add(other.token)
  telegram.fault("setWebhook", { status: 500 }, 1)
  const { failed } = await fleet.startWebhook(await place())
  const account = failed[0]?.bot.id === one.id ? one : other
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "anyone?")
  expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe("hello")
})

test("a revoked token is noticed over webhooks, and its bot leaves the fleet", async () => {
  const telegram = await Simulator.start({ local: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const ended: unknown[] = []
  const fleet = fleetAt(telegram.apiRoot, { onBotEnded: (bot, error) => ended.push(bot.id, error) })
  const account = telegram.bot()
  await fleet.add(account.token)
  await fleet.startWebhook(await place())
  telegram.fault("getWebhookInfo", { status: 401 }, 1)
  await untilTrue(() => ended.length > 0)
  expect(ended).toEqual([account.id, expect.any(Unauthorized)])
  expect(fleet.bots).toEqual([])
})
