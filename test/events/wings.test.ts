import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import {
  botCall,
  botCalled,
  botWaiting,
  pollingEnded,
  pollingFetched,
  pollingSetback,
  registrationSet,
  updateHandled,
  updatePut,
  updateSettled,
  webhookRefused,
} from "../../src/events/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { Webhook } from "../../src/webhook/webhook.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { webhookFetch } from "../../src/webhook/webhook-fetch.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"
import { heardOn } from "../support/listening.js"

let telegram: Simulator
let account: SimulatedBot
let updater: Updater

beforeEach(async () => {
  telegram = await Simulator.start({ local: true })
  account = telegram.bot({ username: "watched_bot" })
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
  updater = new Updater({ bot, logger: silentLogger })
  updater.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
})

afterEach(async () => {
  await updater.stop({ deadlineMs: 100 })
  await updater.bot[Symbol.asyncDispose]()
  await telegram[Symbol.asyncDispose]()
})

describe.each([
  ["by polling", () => updater.startPolling()],
  [
    "by webhook",
    async () => {
      const port = await freePort()
      await updater.startWebhook({ port, webhookUrl: `http://127.0.0.1:${port}/hook` })
    },
  ],
])("an update that is received %s", (_way, start) => {
  test("is published from its put to its end, with the call that its handler makes", async () => {
    const order: string[] = []
    const ends = [
      updatePut.subscribe(() => order.push("put")),
      botCall.subscribe(({ method }) => order.push(method)),
      botCalled.subscribe(({ method }) => order.push(`${method} called`)),
      updateHandled.subscribe(({ outcome }) => order.push(outcome)),
      updateSettled.subscribe(({ outcome }) => order.push(outcome)),
    ]
    await start()
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "/start")
    await ada.hears()
    await untilTrue(() => order.includes("taken"))
    for (const end of ends) end()
    expect(order.filter((one) => !/[gs]et|delete/.test(one))).toEqual([
      "put",
      "sendMessage",
      "sendMessage called",
      "done",
      "taken",
    ])
  })
})

describe("a bot publishes", () => {
  test("a call, its answer, and a refusal, but never its token", async () => {
    const calls = heardOn(botCalled)
    await updater.bot.getMe()
    await expect(updater.bot.sendMessage({ chat_id: 1, text: "Hi" })).rejects.toThrow()
    const { apiRoot } = telegram
    expect(calls).toMatchObject([
      { botId: account.id, method: "getMe", apiRoot, result: { id: account.id } },
      { method: "sendMessage", params: { chat_id: 1 }, error: { code: "api-error" } },
    ])
    expect(calls[0]).not.toHaveProperty("error")
    expect(JSON.stringify(calls)).not.toContain(account.token.split(":")[1])
  })

  test("that a call waits because of Telegram's `retry_after`", async () => {
    const waits = heardOn(botWaiting)
    telegram.fault("getMe", { retryAfter: 1 })
    await updater.bot.getMe()
    expect(waits).toMatchObject([{ botId: account.id, method: "getMe" }])
    expect(waits[0]?.waitMs).toBeGreaterThan(0)
  })
})

test("polling publishes each answer, each slowdown and its end", async () => {
  const fetched = heardOn(pollingFetched)
  const setbacks = heardOn(pollingSetback)
  const ended = heardOn(pollingEnded)
  await telegram.user({ first_name: "Ada" }).send(account, "/start")
  await updater.startPolling({ timeout: 0 })
  await untilTrue(() => fetched.some(({ count }) => count === 1))
  telegram.fault("getUpdates", { status: 502, description: "Bad Gateway" })
  await untilTrue(() => setbacks.length > 0)
  expect(setbacks[0]).toMatchObject({ botId: account.id, trouble: "transient" })
  telegram.fault("getUpdates", { status: 401, description: "Unauthorized" }, 4)
  await expect(updater.ended).rejects.toThrow()
  expect(ended).toMatchObject([{ botId: account.id, error: { code: "unauthorized" } }])
})

test("a registration is published", async () => {
  const set = heardOn(registrationSet)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/hook`
  await updater.startWebhook({ port, webhookUrl: url })
  expect(set).toEqual([{ botId: account.id, url }])
})

describe("a refused request is published once", () => {
  const secretToken = "right"
  const json = { "content-type": "application/json", "x-telegram-bot-api-secret-token": "right" }
  const wrong: [string, RequestInit & { readonly path?: string }][] = [
    ["method", { method: "PUT" }],
    ["secret", { headers: { ...json, "x-telegram-bot-api-secret-token": "wrong" } }],
    ["content-type", { headers: { ...json, "content-type": "text/plain" } }],
    ["length", { headers: json, body: "1".repeat(101) }],
    ["body", { headers: json, body: "[]" }],
    ["path", { path: "/elsewhere" }],
  ]

  test.each(wrong)("with its reason: %s", async (reason, { path = "/hook", ...request }) => {
    const refused = heardOn(webhookRefused)
    const webhook = webhookOf(new MemoryQueue())
    await using server = new WebhookServer({ port: 0 })
    server.add(webhook)
    const { port } = await server.start()
    const send = { method: "POST", ...request }
    const { status } = await fetch(`http://127.0.0.1:${port}${path}`, send)
    const botId = reason === "path" ? undefined : 1
    expect(refused).toEqual([{ botId, reason, status }])
    await webhookFetch(webhook)(new Request(`http://example.com${path}`, send))
    expect(refused).toHaveLength(2)
    expect(refused[1]).toEqual({ botId: 1, reason, status })
  })

  test("also if the client waits for 100 Continue", async () => {
    const refused = heardOn(webhookRefused)
    await using server = new WebhookServer({ port: 0 })
    server.add(webhookOf(new MemoryQueue()))
    const { port } = await server.start()
    const { request } = await import("node:http")
    const headers = { ...json, expect: "100-continue", "x-telegram-bot-api-secret-token": "no" }
    const options = { port, path: "/hook", method: "POST", headers, agent: false }
    const status = await new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        response.resume()
        response.on("end", () => resolve(response.statusCode))
      })
      asked.on("error", reject)
      asked.on("continue", () => reject(new Error("It was asked for the body")))
      asked.end("{}")
    })
    expect([status, refused.length]).toEqual([401, 1])
  })

  test("if the queue is full or slow, but not a second time", async () => {
    const refused = heardOn(webhookRefused)
    const full = new MemoryQueue({ capacity: 1 })
    const webhook = webhookOf(full, 10)
    const answers = ["1", "2"].map((id) => webhook.take(`{"update_id":${id},"message":{}}`))
    expect((await Promise.all(answers)).map(({ reason }) => reason)).toEqual(["slow", "full"])
    await full[Symbol.asyncDispose]()
    await new Promise(setImmediate)
    expect(refused.map(({ reason }) => reason)).toEqual(["full", "slow"])
  })

  function webhookOf(queue: MemoryQueue, putTimeoutMs = 50_000): Webhook {
    const limits = { maxBodyBytes: 100, putTimeoutMs }
    return new Webhook({ botId: 1, queue, path: "/hook", secretToken, ...limits })
  }
})
