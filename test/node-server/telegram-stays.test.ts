import { describe, expect, onTestFinished, test } from "vitest"
import {
  connectionRefused,
  type ConnectionRefused,
  webhookRefused,
} from "../../src/events/index.js"
import { connectionLimits, openFilesAdvice } from "../../src/node-server/connection-limits.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Webhook } from "../../src/webhook/webhook.js"
import { deferred } from "../support/waiting.js"
import { RawClient, requestText, secret } from "../support/raw-client.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { RecordingQueue } from "../support/recording-queue.js"
import { Served } from "../support/served-webhook.js"
import { proxyHeaderV1 } from "../support/proxy-headers.js"

const served = Served.forEachTest()
const telegram = "149.154.167.220"
const stranger = "198.51.100.7"
const update = (id: number) => requestText(`{"update_id":${id}}`)

/** Opens a connection from an address of the internet, as local ones do not count. */
async function of(address: string) {
  const client = await served.open()
  client.send(proxyHeaderV1(address))
  return client
}

async function delivering(id: number, address = telegram) {
  const client = await of(address)
  client.send(update(id))
  expect((await client.answer()).status).toBe(200)
  return client
}

function addBots(count: number): void {
  for (let botId = 100; botId < 100 + count; botId += 1) {
    const path = `bots/${botId}`
    served.server.add(
      new Webhook({ botId, queue: new RecordingQueue(), path, secretToken: secret }),
    )
  }
}

describe("with many bots on one server, Telegram", () => {
  test("can open ten connections for each bot at once, before it has shown a secret", async () => {
    await served.start({ proxyProtocol: true })
    addBots(24)
    const opened = await Promise.all(Array.from({ length: 250 }, () => of(telegram)))
    await delivering(1)
    expect(opened.filter(({ isClosed }) => isClosed)).toEqual([])
  })

  test("has room for all connections that it can open", () => {
    const given = { maxSockets: undefined, maxSocketsPerClient: undefined, isPerClient: true }
    for (const webhooks of [0, 1, 10, 26, 40, 1000]) {
      const { max, maxPerClient } = connectionLimits(given, webhooks, 1_000_000)
      expect(max).toBeGreaterThanOrEqual(100 * webhooks + 500)
      expect(maxPerClient).toBeGreaterThanOrEqual(100 * webhooks)
    }
    expect(connectionLimits(given, 1, undefined)).toEqual({ max: 1000, maxPerClient: 100 })
  })
})

describe("a client that has shown the secret", () => {
  test("can open more silent connections than others", async () => {
    await served.start({ proxyProtocol: true, maxSocketsPerClient: 2 })
    await delivering(1)
    const silent = [await of(telegram), await of(telegram), await of(telegram), await of(telegram)]
    await delivering(2)
    expect(silent.map(({ isClosed }) => isClosed)).toEqual([false, false, false, false])
  })

  test("loses its silent connections after those of strangers", async () => {
    await served.start({ proxyProtocol: true, maxSockets: 4 })
    await delivering(1)
    const waiting = await of(telegram)
    await delivering(2)
    const strangers = [await of(stranger)]
    strangers.push(await of(stranger), await of(stranger))
    await strangers[1]?.closed()
    waiting.send(update(3))
    expect((await waiting.answer()).status).toBe(200)
  })

  test("loses its longest idle connection, with a log line", async () => {
    const logger = new RecordingLogger()
    const refused: ConnectionRefused[] = []
    onTestFinished(connectionRefused.subscribe((message) => refused.push(message)))
    await served.start({ proxyProtocol: true, maxSockets: 3, logger })
    const [first, second, third] = [await delivering(1), await delivering(2), await delivering(3)]
    first.send(update(4))
    expect((await first.answer()).status).toBe(200)
    await delivering(5)
    await second.closed()
    expect([first.isClosed, third.isClosed]).toEqual([false, false])
    expect(refused).toContainEqual({ reason: "crowded", client: telegram })
    expect(logger.at("warn").join("\n")).toMatch(/closed one from 149\.154\.167\.220.*`maxSockets`/)
  })

  test("is logged before its connections reach the limit", async () => {
    const logger = new RecordingLogger()
    await served.start({ proxyProtocol: true, maxSockets: 5, logger })
    for (const id of [1, 2, 3]) await delivering(id)
    expect(logger.at("warn")).toEqual([])
    await delivering(4)
    expect(logger.at("warn")).toEqual([expect.stringContaining("4 of at most 5 connections")])
  })
})

describe("the file descriptors of the process", () => {
  const given = { maxSockets: undefined, maxSocketsPerClient: undefined, isPerClient: true }

  test.each([
    [128, 48],
    [1024, 832],
    [4096, 1000],
    [64, 16],
  ])("limited to %i permit %i connections", (openFiles, max) => {
    expect(connectionLimits(given, 1, openFiles).max).toBe(max)
    expect(connectionLimits({ ...given, maxSockets: 100_000 }, 1, openFiles).max).toBeLessThan(
      openFiles,
    )
  })

  test("are compared with the configured limit and with Telegram's maximum", () => {
    expect(openFilesAdvice(given, 1, 1024)).toBeUndefined()
    expect(openFilesAdvice(given, 1, undefined)).toBeUndefined()
    expect(openFilesAdvice(given, 20, 1024)).toMatch(/at most 832 .* may open 2000.*LimitNOFILE/)
    expect(openFilesAdvice({ ...given, maxSockets: 5000 }, 1, 1024)).toMatch(/5000 of `maxSockets`/)
  })
})

describe("a removed webhook", () => {
  test("answers late requests with 503, not with 404, while others are served", async () => {
    await served.start()
    const path = "other"
    const other = new Webhook({ botId: 8, queue: new RecordingQueue(), path, secretToken: secret })
    served.server.add(other)
    other.stopIntake()
    await served.server.release(other)
    const late = await served.ask(requestText('{"update_id":1}', { path: "/other" }))
    expect(late).toMatchObject({ status: 503, headers: { "retry-after": "1" } })
    await served.expectUnharmed()
    const again = new Webhook({ botId: 8, queue: served.queue, path, secretToken: secret })
    served.server.add(again)
    expect((await served.ask(requestText('{"update_id":2}', { path: "/other" }))).status).toBe(200)
  })

  test("answers as one that stops until the server has closed its connections", async () => {
    const handled = deferred()
    const queue = new RecordingQueue()
    queue.answer = () => handled.promise
    const reasons: string[] = []
    onTestFinished(webhookRefused.subscribe(({ reason }) => void reasons.push(reason)))
    // The strict reader reads a pipelined request only after the answer before it.
    const server = new WebhookServer({ port: 0 }, { readsStrictly: false })
    const webhook = new Webhook({ botId: 9, queue, path: "hook", secretToken: secret })
    const { port } = await server.open(webhook)
    const client = await RawClient.open({ host: "127.0.0.1", port })
    client.send(update(1))
    await expect.poll(() => queue.ids).toEqual([1])
    webhook.stopIntake()
    const released = server.release(webhook)
    client.send(update(2))
    await expect.poll(() => reasons).toEqual(["stopping"])
    handled.resolve()
    expect((await client.answer()).status).toBe(200)
    await released
  })

  test("answers 503 to the right secret before it is added, if it is expected", async () => {
    const done = served.server.expect({ botId: 1, path: "bots/1", secretToken: secret })
    const ask = (path: string, headers = {}) =>
      served.ask(requestText('{"update_id":1}', { path, headers }))
    expect(await ask("/bots/1")).toMatchObject({ status: 503, headers: { "retry-after": "1" } })
    expect((await ask("/bots/1", { "X-Telegram-Bot-Api-Secret-Token": "a" })).status).toBe(401)
    expect((await ask("/bots/3")).status).toBe(404)
    done()
    expect((await ask("/bots/1")).status).toBe(404)
  })
})
