import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { Simulator } from "@sounder/simulator"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { RetryAfter, Unauthorized } from "../../src/telegram/errors.js"
import { freePort, portOf } from "../support/free-port.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { untilTrue } from "../support/waiting.js"

/** Starts a Bot API that answers nothing until it is released, and counts its connections. */
async function heldTelegram() {
  const waiting: (() => void)[] = []
  /** The seconds of `retry_after` for calls of these bots, by the id. */
  const limited = new Map<number, number>()
  const calls: { readonly botId: number; readonly method: string }[] = []
  let isHeld = true
  let connections = 0
  const answer = (botId: number, method: string, response: ServerResponse) => {
    const retryAfter = limited.get(botId)
    const info = { url: "", has_custom_certificate: false, pending_update_count: 0 }
    const result = method === "getWebhookInfo" ? info : true
    const content =
      retryAfter === undefined
        ? { ok: true, result }
        : { ok: false, error_code: 429, description: "", parameters: { retry_after: retryAfter } }
    response.setHeader("content-type", "application/json").end(JSON.stringify(content))
  }
  const server = createServer((request, response) => {
    request.resume()
    const [, id, method = ""] = /\/bot(\d+):[^/]+\/(\w+)/.exec(request.url ?? "") ?? []
    const act = () => answer(Number(id), method, response)
    calls.push({ botId: Number(id), method })
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
    limited,
    calls,
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

test("a revoked token is noticed over webhooks, and its bot waits for a new one", async () => {
  const telegram = await Simulator.start({ local: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const ended: unknown[] = []
  const fleet = fleetAt(telegram.apiRoot, { onBotEnded: (bot, error) => ended.push(bot.id, error) })
  const account = telegram.bot()
  await fleet.add(account.token)
  await fleet.startWebhook(await place())
  expect(fleet.status()).toMatchObject([{ state: "receiving" }])
  telegram.fault("getWebhookInfo", { status: 401 }, 1)
  await untilTrue(() => ended.length > 0)
  expect(ended).toEqual([account.id, expect.any(Unauthorized)])
  const refused = { state: "refused", bot: { id: account.id }, error: expect.any(Unauthorized) }
  expect(fleet.status()).toMatchObject([refused])
  telegram.clearFaults()
  await fleet.add(account.token)
  expect(fleet.status()).toMatchObject([{ state: "receiving" }])
})

test("bots that wait for `retry_after` do not delay others, and a stop does not wait for them", async () => {
  const telegram = await heldTelegram()
  telegram.letGo()
  const fleet = fleetAt(telegram.apiRoot)
  const all = tokens(60)
  for (const token of all) await fleet.add(token)
  const waiting = fleet.bots.slice(0, 40)
  for (const { id } of waiting) telegram.limited.set(id, 50)
  const starting = fleet.startWebhook(await place())
  await untilTrue(() => fleet.status().filter(({ state }) => state === "receiving").length === 20)
  expect(fleet.status().filter(({ state }) => state === "starting")).toHaveLength(40)
  const began = performance.now()
  await fleet.stop()
  expect(performance.now() - began).toBeLessThan(10_000)
  const { started, failed } = await starting
  expect([started.length, failed.length]).toEqual([20, 40])
  expect(fleet.status().filter(({ state }) => state === "stopped")).toHaveLength(60)
})

test("a bot that Telegram limits for an hour is tried again after an hour", async () => {
  const telegram = await heldTelegram()
  telegram.letGo()
  const fleet = fleetAt(telegram.apiRoot)
  for (const token of tokens(2)) await fleet.add(token)
  const [limited] = fleet.bots
  telegram.limited.set(limited!.id, 3_600)
  const { failed } = await fleet.startWebhook(await place())
  expect(failed).toMatchObject([{ bot: limited, error: expect.any(RetryAfter) }])
  const [status] = fleet.status()
  expect(status).toMatchObject({ state: "retrying", error: expect.any(RetryAfter) })
  expect(status?.retryInMs).toBeGreaterThan(3_590_000)
  expect(telegram.calls.filter(({ botId }) => botId === limited?.id)).toHaveLength(1)
})

test("a long start is logged with its progress", async () => {
  const telegram = await heldTelegram()
  const logger = new RecordingLogger()
  const fleet = fleetAt(telegram.apiRoot, { logger })
  for (const token of tokens(3)) await fleet.add(token)
  const starting = fleet.startWebhook(await place())
  await untilTrue(() => logger.lines.includes("info 0 of 3 bots are started"))
  telegram.letGo()
  await starting
})

test("the connections that Telegram opens are few if the queue stores updates", async () => {
  const telegram = await Simulator.start({ local: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const account = telegram.bot()
  const folder = await mkdtemp(join(tmpdir(), "sounder-fleet-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  const maxOf = async (queue: UpdateQueue, maxConnections?: number) => {
    const fleet = fleetAt(telegram.apiRoot, { queue })
    const bot = await fleet.add(account.token)
    await fleet.startWebhook({
      ...(await place()),
      ...(maxConnections === undefined ? {} : { maxConnections }),
    })
    const info = await bot.getWebhookInfo()
    await fleet.stop()
    await queue[Symbol.asyncDispose]()
    return info.max_connections
  }
  const stored = () => new SqliteQueue({ path: join(folder, "queue.db") })
  expect(await maxOf(stored())).toBe(8)
  expect(await maxOf(stored(), 20)).toBe(20)
  // The default of a local Bot API server.
  expect(await maxOf(new MemoryQueue())).toBe(100)
})
