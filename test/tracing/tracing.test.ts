import { createServer, request as httpRequest } from "node:http"
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api"
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici"
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node"
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { updateHandled } from "../../src/events/index.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { Webhook } from "../../src/webhook/webhook.js"
import { webhookListener } from "../../src/node-server/webhook-listener.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { Tracing, type TracingOptions } from "../../src/tracing/index.js"
import { Updater } from "../../src/updater.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const nextPath = pathsIn(temporaryFolder())
const secretText = "What Ada wrote"

let exporter: InMemorySpanExporter
let provider: NodeTracerProvider
let tracer: Tracer
let telegram: Simulator
let account: SimulatedBot
let updater: Updater

beforeEach(async () => {
  exporter = new InMemorySpanExporter()
  provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.register()
  tracer = provider.getTracer("test")
  telegram = await Simulator.start({ local: true })
  account = telegram.bot({ username: "traced_bot" })
  updater = updaterOf(new MemoryQueue())
})

afterEach(async () => {
  await updater.stop({ deadlineMs: 100 })
  await updater.queue[Symbol.asyncDispose]()
  await updater.bot[Symbol.asyncDispose]()
  await telegram[Symbol.asyncDispose]()
  await provider.shutdown()
  trace.disable()
  context.disable()
  propagation.disable()
})

const ways: [string, () => Promise<unknown>][] = [
  ["by polling", () => updater.startPolling({ timeout: 0 })],
  [
    "by webhook",
    async () => {
      const port = await freePort()
      await updater.startWebhook({ port, webhookUrl: `http://127.0.0.1:${port}/hook` })
    },
  ],
]

describe.each(ways)("an update received %s", (_way, start) => {
  test("is one trace: receipt, handling, and the calls of its handler", async () => {
    traced()
    updater.dispatcher.on(filters.text, async (ctx) => {
      await tracer.startActiveSpan("own work", async (own) => {
        await Promise.resolve()
        await ctx.reply("Hello!")
        own.end()
      })
    })
    await start()
    await said(secretText)
    const received = one("receive message")
    const processed = one("process message")
    expect(parentOf(received)).toBeUndefined()
    expect([received.kind, processed.kind]).toEqual([SpanKind.CLIENT, SpanKind.CONSUMER])
    expect(parentOf(processed)).toBe(received)
    expect(parentOf(one("own work"))).toBe(processed)
    expect(parentOf(one("sendMessage"))).toBe(one("own work"))
    expect(processed.attributes).toEqual({
      "messaging.system": "telegram",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": String(account.id),
      "messaging.message.id": expect.stringMatching(/^\d+$/),
      "sounder.update.type": "message",
      "sounder.attempt": 1,
      "sounder.outcome": "done",
    })
    expect(received.attributes).toMatchObject({
      "messaging.operation.name": "receive",
      "sounder.outcome": "taken",
      "sounder.update.repeated": false,
    })
    expect(one("sendMessage")).toMatchObject({
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        "rpc.system": "telegram",
        "rpc.service": "BotApi",
        "rpc.method": "sendMessage",
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(telegram.apiRoot).port),
      },
    })
  })

  test("has no token, text, name or chat id in its spans, whoever creates spans", async () => {
    const instrumentation = new UndiciInstrumentation()
    instrumentation.setTracerProvider(provider)
    instrumentation.enable()
    onTestFinished(() => instrumentation.disable())
    traced()
    updater.dispatcher.on(filters.text, async (ctx) => {
      await ctx.reply(ctx.message.text)
      await ctx.bot.sendMessage({ chat_id: 1, text: secretText }).catch(() => {})
      throw new Error(`Cannot handle: ${ctx.message.text}, with ${ctx.bot.token}`)
    })
    await start()
    const ada = await said(secretText)
    expect(names()).toContain("sendMessage")
    // Span names contain only methods and types, because the instrumentation of undici is suppressed.
    for (const name of names()) expect(name).toMatch(/^(receive|process) message$|^[a-z][A-Za-z]+$/)
    const all = JSON.stringify(
      exporter.getFinishedSpans().map(({ name, attributes, events, status, links }) => {
        return { name, attributes, events, status, links }
      }),
    )
    for (const secret of [secretText, "Ada", account.token.split(":")[1], String(ada.id)]) {
      expect(all).not.toContain(secret)
    }
  })
})

test("without Sounder's spans, the instrumentation of undici would show the token", async () => {
  const instrumentation = new UndiciInstrumentation()
  instrumentation.setTracerProvider(provider)
  instrumentation.enable()
  onTestFinished(() => instrumentation.disable())
  // Uploads and downloads go through undici. Telegram refuses this upload.
  const document = InputFile.bytes(new Uint8Array(1))
  const upload = () => updater.bot.sendDocument({ chat_id: 1, document }).catch(() => {})
  await upload()
  const shown = () => JSON.stringify(exporter.getFinishedSpans().map((span) => span.attributes))
  expect(shown()).toContain(account.token)
  exporter.reset()
  traced()
  await upload()
  await updater.bot.call("getUpdates", { timeout: 0 })
  expect(names()).toEqual(["sendDocument"])
  expect(shown()).not.toContain(account.token)
})

test("a stored update belongs to the trace in which it came, as long as this process runs", async () => {
  traced()
  updater = updaterOf(new SqliteQueue({ path: nextPath() }))
  updater.dispatcher.on(filters.text, () => {})
  await updater.startPolling({ timeout: 0 })
  await said("Hello")
  expect(parentOf(one("process message"))).toBe(one("receive message"))
})

test("a stored update of another process begins a trace of its own", async () => {
  const path = nextPath()
  const before = new SqliteQueue({ path })
  const from = { id: 7, is_bot: false, first_name: "Ada" }
  const chat = { id: 7, type: "private" as const, first_name: "Ada" }
  const message = { message_id: 1, date: 1, from, chat, text: "Hello" }
  await before.put({ botId: account.id, update: { update_id: 1, message } })
  await before[Symbol.asyncDispose]()
  traced()
  updater = updaterOf(new SqliteQueue({ path }))
  updater.dispatcher.on(filters.text, () => {})
  await updater.startPolling({ timeout: 0 })
  await untilTrue(() => names().includes("process message"))
  expect(parentOf(one("process message"))).toBeUndefined()
  expect(names()).not.toContain("receive message")
})

test("a repeated update is a span of its own, and the first one's trace continues", async () => {
  traced()
  const { queue } = updater
  const update = { update_id: 1, message: undefined }
  // Telegram repeats an update when it has waited too long for the answer.
  const puts = [1, 2].map(() => queue.put({ botId: account.id, update: update as never }))
  updater.dispatcher.start()
  await Promise.all(puts)
  await queue.put({ botId: account.id, update: update as never })
  await updater.dispatcher.stop()
  const received = named("receive update")
  expect(received.map((span) => span.attributes["sounder.update.repeated"])).toEqual([
    false,
    true,
    true,
  ])
  expect(parentOf(one("process update"))).toBe(received[0])
})

test("all attempts of an update belong to the trace in which it was received", async () => {
  traced()
  const update = { update_id: 1, poll: { id: "1" } }
  const { queue } = updater
  // The update has only the fields that are read.
  const put = queue.put({ botId: account.id, update: update as never })
  const failed = new Promise<void>((resolve) => {
    onTestFinished(updateHandled.subscribe(() => resolve()))
  })
  updater.dispatcher.on(
    (candidate) => candidate.poll !== undefined,
    () => Promise.reject(new Error("Not yet")),
  )
  const delivery = await queue.take(new AbortController().signal)
  await delivery.retry()
  updater.dispatcher.start()
  await failed
  await put
  await updater.dispatcher.stop()
  const processed = one("process poll")
  expect(parentOf(processed)).toBe(one("receive poll"))
  expect(processed.attributes).toMatchObject({
    "sounder.attempt": 2,
    "error.type": "handler-error",
  })
})

describe("errors", () => {
  test("have only their kinds in spans, and their messages on request", async () => {
    const tracing = traced()
    updater.dispatcher.on(filters.text, () => {
      throw new Error(`Broken with ${account.token}`)
    })
    await updater.startPolling({ timeout: 0 })
    await said("One")
    const quiet = one("process message")
    expect(quiet.status).toEqual({ code: SpanStatusCode.ERROR })
    expect(quiet.attributes).toMatchObject({
      "error.type": "handler-error",
      "sounder.outcome": "failed",
    })
    expect(quiet.events).toEqual([])
    tracing[Symbol.dispose]()
    exporter.reset()
    traced({ recordErrors: true })
    await said("Two")
    const loud = one("process message")
    expect(loud.status.message).toContain("Broken")
    expect(loud.events[0]?.name).toBe("exception")
    const kept = JSON.stringify([loud.events, loud.status])
    expect(kept).toContain("Broken with <token>")
    expect(kept).not.toContain(account.token)
  })

  test("of a call have Telegram's code", async () => {
    traced()
    await updater.bot.sendMessage({ chat_id: 1, text: "Hi" }).catch(() => {})
    expect(one("sendMessage")).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { "error.type": "api-error", "http.response.status_code": 400 },
    })
  })

  test("a wait for `retry_after` is recorded in the span of its call", async () => {
    traced()
    telegram.fault("getMe", { retryAfter: 1 })
    await updater.bot.getMe()
    expect(one("getMe").events).toMatchObject([{ name: "sounder.retry_after" }])
  })
})

test("a file download is a span, without the URL of the file", async () => {
  traced()
  const document = Buffer.from("content")
  updater.dispatcher.on(filters.document, async (ctx) => {
    const download = await ctx.bot.download(ctx.message.document.file_id)
    await download.bytes()
  })
  await updater.startPolling({ timeout: 0 })
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, { document, file_name: "plan.txt" })
  await untilTrue(() => names().includes("process message"))
  expect(parentOf(one("download"))).toBe(one("process message"))
  expect(JSON.stringify(one("download").attributes)).not.toContain("file_")
})

describe("the surrounding context", () => {
  test("a request span of a custom or instrumented server is the parent of its update", async () => {
    traced()
    await using queue = new MemoryQueue()
    const { dispatcher } = updaterOf(queue)
    dispatcher.on(filters.text, () => {})
    dispatcher.start()
    const webhook = new Webhook({ botId: account.id, queue, secretToken: false })
    const listen = webhookListener(webhook)
    // Stands for the instrumentation of node:http, which has to be loaded before it.
    const server = createServer((request, response) => {
      const id = String(request.headers["x-id"])
      tracer.startActiveSpan(`POST ${id}`, { root: true }, (span) => {
        response.on("finish", () => span.end())
        listen(request, response)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    await Promise.all([1, 2, 3].map((id) => post(port, id)))
    await dispatcher.stop()
    for (const received of named("receive message")) {
      const id = received.attributes["messaging.message.id"]
      expect(parentOf(received)?.name).toBe(`POST ${String(id)}`)
    }
    expect(named("receive message")).toHaveLength(3)
  })

  test("the span in which the bot was started, once ended, is no parent of later spans", async () => {
    traced()
    updater.dispatcher.on(filters.text, () => {})
    await tracer.startActiveSpan("start", async (span) => {
      await updater.startPolling({ timeout: 0 })
      span.end()
    })
    await said("Hello")
    expect(parentOf(one("receive message"))).toBeUndefined()
  })
})

test("no span is created before the start, or after disposal", async () => {
  const tracing = traced()
  tracing[Symbol.dispose]()
  await updater.bot.getMe()
  expect(names()).toEqual([])
})

test("without an SDK no data are collected, and the bot works", async () => {
  trace.disable()
  context.disable()
  traced()
  updater.dispatcher.on(filters.text, (ctx) => ctx.reply("Hello!"))
  await updater.startPolling({ timeout: 0 })
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "Hi")
  expect((await ada.hears()).text).toBe("Hello!")
  expect(context.active()).toBe(ROOT_CONTEXT)
})

function traced(options: TracingOptions = {}): Tracing {
  const tracing = new Tracing(options)
  onTestFinished(() => tracing[Symbol.dispose]())
  return tracing
}

function updaterOf(queue: UpdateQueue): Updater {
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
  return new Updater({ bot, queue, logger: silentLogger })
}

/** Sends a text as Ada. Resolves when the spans of its receipt and of its handling have ended. */
async function said(text: string) {
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, text)
  await untilTrue(() => names().includes("receive message") && names().includes("process message"))
  return ada
}

function names(): string[] {
  return exporter.getFinishedSpans().map(({ name }) => name)
}

function named(name: string): ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name)
}

function one(name: string): ReadableSpan {
  const [span, ...others] = named(name)
  if (!span || others.length > 0) throw new Error(`Not one span ${name} in ${names().join()}`)
  return span
}

function parentOf({ parentSpanContext }: ReadableSpan): ReadableSpan | undefined {
  const id = parentSpanContext?.spanId
  return exporter.getFinishedSpans().find((span) => span.spanContext().spanId === id)
}

function post(port: number, id: number): Promise<void> {
  const from = { id, is_bot: false, first_name: "Ada" }
  const chat = { id, type: "private", first_name: "Ada" }
  const message = { message_id: 1, date: 1, from, chat, text: "Hello" }
  const headers = { "content-type": "application/json", "x-id": String(id) }
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method: "POST", headers, agent: false }
    const sent = httpRequest(options, (response) => {
      response.resume()
      response.on("end", () => resolve())
    })
    sent.on("error", reject)
    sent.end(JSON.stringify({ update_id: id, message }))
  })
}
