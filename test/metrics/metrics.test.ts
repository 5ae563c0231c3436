import { spawnSync } from "node:child_process"
import { X509Certificate } from "node:crypto"
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { createCertificate } from "../../src/certificate/index.js"
import {
  botCalled,
  certificateFailed,
  certificateLoaded,
  outboxRefused,
  outboxUnsure,
  updateHandled,
  updateRetried,
  updateStale,
} from "../../src/events/index.js"
import { Dispatcher } from "../../src/dispatch/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { Metrics, type MetricsOptions } from "../../src/metrics/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { Webhook } from "../../src/webhook/webhook.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { updateTypes } from "../../src/telegram/update-types.js"
import { Updater } from "../../src/updater.js"
import { messageUpdate, namedBot, pressUpdate, textUpdate, updateWith } from "../support/updates.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { freePort } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { readMetrics, sampleOf } from "../support/read-metrics.js"

const nextPath = pathsIn(temporaryFolder())

describe("of a running bot", () => {
  let telegram: Simulator
  let account: SimulatedBot
  let updater: Updater

  beforeEach(async () => {
    telegram = await Simulator.start({ local: true })
    account = telegram.bot({ username: "counted_bot" })
    const bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
    updater = new Updater({ bot, logger: silentLogger })
    updater.dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
    updater.dispatcher.command("fail", () => Promise.reject(new Error("Broken")))
  })

  afterEach(async () => {
    await updater.stop({ deadlineMs: 100 })
    await updater.bot[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
  })

  test.each([
    ["by polling", () => updater.startPolling({ timeout: 0 })],
    [
      "by webhook",
      async () => {
        const port = await freePort()
        await updater.startWebhook({ port, webhookUrl: `http://127.0.0.1:${port}/hook` })
      },
    ],
  ])("%s: its updates and calls are counted, and promtool accepts them", async (way, start) => {
    const metrics = counting({ queues: { main: updater.queue }, bots: [updater.bot], botLabels: 9 })
    const ada = telegram.user({ first_name: "Ada" })
    await start()
    for (const text of ["/start", "/fail", "Nobody wants this"]) await ada.send(account, text)
    const bot = String(account.id)
    const handled = async (outcome: string) => {
      const labels = { bot, type: "message", outcome }
      return sampleOf(await metrics.text(), "sounder_updates_handled_total", labels)
    }
    await untilTrue(async () => (await handled("unmatched")) === 1)
    expect([await handled("done"), await handled("failed")]).toEqual([1, 1])
    await updater.stop()
    await telegram.user({ first_name: "Bob" }).send(account, "Too late")
    const text = await metrics.text()
    expect(sampleOf(text, "sounder_updates_received_total", { bot, type: "message" })).toBe(3)
    expect(sampleOf(text, "sounder_put_duration_seconds_count", { bot })).toBe(3)
    expect(sampleOf(text, "sounder_update_lag_seconds_bucket", { bot, le: "5" })).toBe(3)
    expect(sampleOf(text, "sounder_puts_in_flight", { bot })).toBe(0)
    expect(sampleOf(text, "sounder_handlers_in_flight", { bot })).toBe(0)
    const ofCall = { bot, method: "sendMessage", outcome: "ok" }
    expect(sampleOf(text, "sounder_bot_calls_total", ofCall)).toBe(1)
    expect(sampleOf(text, "sounder_bot_calls_in_flight", { bot })).toBe(0)
    expect(sampleOf(text, "sounder_queue_waiting", { queue: "main" })).toBe(0)
    if (way === "by polling") {
      expect(sampleOf(text, "sounder_polling_answers_total", { bot })).toBeGreaterThan(0)
    } else expect(sampleOf(text, "sounder_webhook_registrations_total", { bot })).toBe(1)
    expect(text).not.toContain(account.token.split(":")[1])
  })

  test("the updates waiting at Telegram are queried once a minute, and shown for all bots together", async () => {
    const other = telegram.bot({ username: "other_bot" })
    const otherBot = new Bot(other.token, { apiRoot: telegram.apiRoot })
    onTestFinished(() => otherBot[Symbol.asyncDispose]())
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "One")
    await ada.send(other, "Two")
    const metrics = counting({ bots: [updater.bot] })
    metrics.addBot(otherBot)
    const pending = async () => sampleOf(await metrics.text(), "sounder_telegram_pending_updates")
    expect(await pending()).toBe(2)
    await ada.send(account, "Three")
    const real = Date.now
    const clock = vi.spyOn(Date, "now")
    // Also after changes of the wall clock.
    for (const hours of [1, -1]) {
      clock.mockImplementation(() => real() + hours * 3_600_000)
      expect(await pending()).toBe(2)
    }
    clock.mockRestore()
    await updater.bot.getWebhookInfo()
    expect(await pending()).toBe(3)
  })

  test("the last error of a removed bot is hidden together with its pending updates", async () => {
    const metrics = counting()
    botCalled.publish({
      botId: 7,
      method: "getWebhookInfo",
      params: undefined,
      apiRoot: telegram.apiRoot,
      around: (run) => run(),
      durationMs: 1,
      result: { pending_update_count: 1, last_error_date: 1_700_000_000 },
    })
    const values = async () => {
      const text = await metrics.text()
      const names = ["pending_updates", "last_error_timestamp_seconds"]
      return names.map((name) => sampleOf(text, `sounder_telegram_${name}`))
    }
    expect(await values()).toEqual([1, 1_700_000_000])
    const later = performance.now() + 16 * 60_000
    const clock = vi.spyOn(performance, "now").mockReturnValue(later)
    onTestFinished(() => clock.mockRestore())
    expect(await values()).toEqual([undefined, undefined])
  })

  test("a failed call is counted by the code of its error", async () => {
    const metrics = counting()
    await expect(updater.bot.sendMessage({ chat_id: 1, text: "Hi" })).rejects.toThrow()
    await expect(updater.bot.call("noSuchMethod")).rejects.toThrow()
    const abort = AbortSignal.abort()
    await expect(updater.bot.getMe({ signal: abort })).rejects.toThrow()
    const text = await metrics.text()
    const calls = readMetrics(text).samples.filter((s) => s.name === "sounder_bot_calls_total")
    expect(calls.map(({ labels }) => labels)).toEqual([
      { method: "sendMessage", outcome: "api-error" },
      { method: "other", outcome: "api-error" },
    ])
  })

  test("all metrics are accepted by promtool without a warning", async (context) => {
    const promtool = requireServer("promtool", context)
    const metrics = counting({ queues: { main: updater.queue }, bots: [updater.bot], botLabels: 9 })
    const sqlite = new SqliteQueue({ path: nextPath() })
    onTestFinished(() => sqlite[Symbol.asyncDispose]())
    metrics.addQueue("stored", sqlite)
    certificateLoaded.publish({ hosts: ["bot.example.com"], notAfter: new Date(2e12) })
    const ada = telegram.user({ first_name: "Ada" })
    await updater.startPolling({ timeout: 0 })
    await ada.send(account, "/start")
    await ada.hears()
    await updater.stop()
    const input = await metrics.text()
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], {
      input,
      encoding: "utf8",
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" })
    // guide.test.ts checks that the guide's table has exactly these names.
    expect(readMetrics(input).described.size).toBeGreaterThan(25)
  })
})

describe("of updates", () => {
  test("repeated ones are counted as duplicates, refused ones by reason", async () => {
    const metrics = counting()
    await using queue = new MemoryQueue({ capacity: 1 })
    const update = textUpdate("Hello")
    void queue.put({ botId: 1, update })
    void queue.put({ botId: 1, update })
    await queue.put({ botId: 1, update: textUpdate("No room") }).catch(() => {})
    const waiting = await metrics.text()
    expect(sampleOf(waiting, "sounder_puts_in_flight")).toBe(2)
    await (await queue.take(new AbortController().signal)).done()
    const text = await metrics.text()
    expect(sampleOf(text, "sounder_updates_received_total", { type: "message" })).toBe(3)
    expect(sampleOf(text, "sounder_updates_duplicate_total", { type: "message" })).toBe(1)
    expect(sampleOf(text, "sounder_updates_refused_total", { reason: "full" })).toBe(1)
    expect(sampleOf(text, "sounder_puts_in_flight")).toBe(0)
  })

  test("the lag uses the date of the update, the edit date for an edit, and is never negative", async () => {
    const metrics = counting()
    await using queue = new MemoryQueue()
    const now = Math.floor(Date.now() / 1000)
    const old = { date: now - 90_000 }
    const lags = async (update: Parameters<typeof queue.put>[0]["update"]) => {
      const count = async (le: string) =>
        sampleOf(await metrics.text(), "sounder_update_lag_seconds_bucket", { le }) ?? 0
      const before = [await count("5"), await count("300"), await count("+Inf")]
      void queue.put({ botId: 1, update })
      const after = [await count("5"), await count("300"), await count("+Inf")]
      return after.map((value, index) => value - (before[index] ?? 0))
    }
    expect(await lags(messageUpdate({ date: now - 100 }))).toEqual([0, 1, 1])
    expect(await lags(messageUpdate({ date: now + 1000 }))).toEqual([1, 1, 1])
    expect(await lags(messageUpdate(old))).toEqual([0, 0, 1])
    const edited_message = { ...messageUpdate(old).message, edit_date: now }
    expect(await lags(updateWith({ edited_message }))).toEqual([1, 1, 1])
    expect(await lags(pressUpdate("yes"))).toEqual([0, 0, 0])
    expect(await lags(updateWith({ chat_boost: { boost: { add_date: now } } }))).toEqual([1, 1, 1])
  })

  test("promised calls with an unknown outcome are counted by their rule, and refused ones", async () => {
    const metrics = counting()
    const call = { botId: 1, update: textUpdate("Hello"), method: "sendMessage" }
    outboxUnsure.publish({ ...call, rule: "skip" })
    outboxRefused.publish({ ...call, error: new Error("No") })
    const text = await metrics.text()
    const unsure = (rule: string) => sampleOf(text, "sounder_outbox_unsure_total", { rule })
    expect(["repeat", "skip"].map(unsure)).toEqual([0, 1])
    expect(sampleOf(text, "sounder_outbox_refused_total")).toBe(1)
  })

  test("retries, stale updates and redeliveries are counted", async () => {
    const metrics = counting()
    await using queue = new MemoryQueue()
    const { Dispatcher } = await import("../../src/dispatch/index.js")
    const update = textUpdate("Hello")
    const told = { botId: 1, update, type: "message", attempt: 1, error: new Error("No") } as const
    updateRetried.publish({ ...told, delayMs: 10 })
    updateStale.publish({ ...told, ageMs: 10 })
    const bot = new Bot("1:a")
    const dispatcher = new Dispatcher({ bot, queue })
    dispatcher.on(
      () => true,
      () => {},
    )
    void queue.put({ botId: 1, update })
    await (await queue.take(new AbortController().signal)).retry()
    const handled = deferred()
    onTestFinished(updateHandled.subscribe(() => handled.resolve()))
    dispatcher.start()
    await handled.promise
    await dispatcher.stop()
    const text = await metrics.text()
    const one = { type: "message" }
    expect(sampleOf(text, "sounder_updates_retried_total")).toBe(1)
    expect(sampleOf(text, "sounder_updates_stale_total")).toBe(1)
    expect(sampleOf(text, "sounder_updates_redelivered_total", one)).toBe(1)
  })
})

describe("no label has an unbounded number of values", () => {
  test("an own update is counted as handled with the type `own`, and not as received", async () => {
    const metrics = counting()
    await using queue = new MemoryQueue()
    const dispatcher = new Dispatcher({ bot: namedBot(), queue })
    const handled = new Promise<void>((resolve) => void dispatcher.event("paid", () => resolve()))
    dispatcher.start()
    const own = { name: "paid", lane: "1" }
    await queue.state.write([{ kind: "put", botId: namedBot().id, own }])
    await handled
    await dispatcher.stop({ deadlineMs: 1_000 })
    const text = await metrics.text()
    expect(text).toMatch(/^sounder_updates_handled_total\{[^}]*type="own"[^}]*\} 1$/m)
    expect(sampleOf(text, "sounder_updates_received_total")).toBeUndefined()
  })

  test("an unknown type is `other`", async () => {
    const metrics = counting()
    await using queue = new MemoryQueue()
    for (const type of updateTypes) void queue.put({ botId: 1, update: updateWith({ [type]: {} }) })
    for (let n = 0; n < 500; n += 1) {
      void queue.put({ botId: 1, update: updateWith({ [`made_up_${n}`]: {} }) })
    }
    const text = await metrics.text()
    const series = readMetrics(text).samples.filter(
      ({ name }) => name === "sounder_updates_received_total",
    )
    expect(series).toHaveLength(updateTypes.length + 1)
    expect(sampleOf(text, "sounder_updates_received_total", { type: "other" })).toBe(500)
  })

  test("bots have labels of their own only up to the permitted number", async () => {
    const metrics = counting({ botLabels: 2 })
    await using queue = new MemoryQueue()
    for (const botId of [1, 2, 3, 4, 1]) void queue.put({ botId, update: textUpdate("Hi") })
    const text = await metrics.text()
    const of = (bot: string) =>
      sampleOf(text, "sounder_updates_received_total", { bot, type: "message" })
    expect([of("1"), of("2"), of("3"), of("other")]).toEqual([2, 1, undefined, 2])
  })

  test("requests of strangers add no series", async () => {
    const metrics = counting()
    await using queue = new MemoryQueue()
    const webhook = new Webhook({ botId: 1, queue, path: "/hook", secretToken: "right" })
    const before = readMetrics(await metrics.text()).samples.length
    for (let n = 0; n < 200; n += 1) {
      await webhook.handle({
        method: n % 2 === 0 ? "POST" : `M${n}`,
        path: n % 3 === 0 ? `/${n}` : "/hook",
        headers: (name) => (n % 5 === 0 ? undefined : `${name}-${n}`),
        readBody: async () => "",
      })
    }
    const text = await metrics.text()
    expect(readMetrics(text).samples.length).toBe(before)
    const reasons = ["path", "method", "secret"].map((reason) =>
      sampleOf(text, "sounder_webhook_refused_total", { reason }),
    )
    expect(reasons.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(200)
  })
})

describe("of queues", () => {
  test("a stored queue reports how many updates wait, run and were set aside, and the oldest age", async () => {
    const metrics = counting()
    await using queue = new SqliteQueue({ path: nextPath() })
    const remove = metrics.addQueue("stored", queue)
    for (const id of [1, 2, 3]) {
      await queue.put({ botId: 1, update: messageUpdate({ chat: { id, type: "private" } }) })
    }
    const { signal } = new AbortController()
    await (await queue.take(signal)).setAside(new Error("No"))
    const held = await queue.take(signal)
    const own = { name: "sounder:later", lane: "later:9" }
    await queue.state.write([
      { kind: "put", botId: 1, own },
      { kind: "put", botId: 1, own, dueAt: Date.now() + 60_000 },
      { kind: "set", key: { botId: 1, space: "cart", key: "1" }, json: "1" },
    ])
    const text = await metrics.text()
    const of = (name: string) => sampleOf(text, `sounder_queue_${name}`, { queue: "stored" })
    expect(["up", "waiting", "running", "set_aside"].map(of)).toEqual([1, 2, 1, 1])
    expect(["timers", "outbox", "state_values"].map(of)).toEqual([1, 1, 1])
    expect(of("oldest_age_seconds")).toBeLessThan(60)
    await held.done()
    remove()
    expect(await metrics.text()).not.toContain("stored")
  })

  test("a queue that cannot be read is shown as down, and delays nothing", async () => {
    const queue = new SqliteQueue({ path: nextPath() })
    await queue[Symbol.asyncDispose]()
    const silent = { status: () => new Promise<never>(() => {}) }
    const metrics = counting({ queues: { closed: queue, silent } })
    const text = await metrics.text()
    expect(sampleOf(text, "sounder_queue_up", { queue: "closed" })).toBe(0)
    expect(sampleOf(text, "sounder_queue_up", { queue: "silent" })).toBe(0)
    expect(sampleOf(text, "sounder_queue_waiting", { queue: "closed" })).toBeUndefined()
  })
})

test("a certificate is shown with its expiry, and a renewal replaces it", async () => {
  const metrics = counting()
  const hosts = ["bot.example.com", "www.example.com"]
  certificateLoaded.publish({ hosts, notAfter: new Date("2027-01-01T00:00:00Z") })
  certificateLoaded.publish({ hosts, notAfter: new Date("2027-03-01T00:00:00Z") })
  certificateFailed.publish({ hosts, error: new Error("No") })
  const text = await metrics.text()
  const name = "sounder_certificate_expiry_timestamp_seconds"
  const host = "bot.example.com"
  expect(sampleOf(text, name, { host })).toBe(Date.UTC(2027, 2) / 1000)
  expect(sampleOf(text, "sounder_certificate_failures_total")).toBe(1)
})

test("a certificate that a server showed before the metrics were made is shown with its expiry", async () => {
  const host = "early.example.com"
  const pair = await createCertificate(host)
  await using server = new WebhookServer({ port: 0, ...pair })
  await server.start()
  const text = await counting().text()
  const end = Date.parse(new X509Certificate(pair.cert).validTo) / 1000
  expect(sampleOf(text, "sounder_certificate_expiry_timestamp_seconds", { host })).toBe(end)
})

test("disposed metrics stop counting, and can still be read", async () => {
  const metrics = new Metrics({ process: false })
  await using queue = new MemoryQueue()
  void queue.put({ botId: 1, update: textUpdate("One") })
  metrics[Symbol.dispose]()
  void queue.put({ botId: 1, update: textUpdate("Two") })
  const text = await metrics.text()
  expect(sampleOf(text, "sounder_updates_received_total", { type: "message" })).toBe(1)
  expect(text).not.toContain("process_")
})

test.each([
  [{ botLabels: -1 }, /`botLabels`/],
  [{ queues: { main: {} } }, /`queues.main`/],
])("wrong options throw a TypeError that names them: %o", (options, message) => {
  expect(() => new Metrics(options)).toThrow(TypeError)
  expect(() => new Metrics(options)).toThrow(message)
})

function counting(options: MetricsOptions = {}): Metrics {
  const metrics = new Metrics(options)
  onTestFinished(() => metrics[Symbol.dispose]())
  return metrics
}
