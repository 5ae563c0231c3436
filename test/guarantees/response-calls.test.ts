import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Dispatcher, filters } from "../../src/dispatch/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { Webhook } from "../../src/webhook/webhook.js"
import { webhookFetch } from "../../src/webhook/webhook-fetch.js"
import { webhookListener } from "../../src/node-server/webhook-listener.js"
import { type SimulatedBot, type SimulatedUser, Simulator } from "@sounder/simulator"
import { InputFile } from "../../src/telegram/input-file.js"
import { Updater } from "../../src/updater.js"
import { freePort, portOf } from "../support/free-port.js"
import { deferred, untilTrue } from "../support/waiting.js"

let telegram: Simulator
let account: SimulatedBot
let ada: SimulatedUser
/** The methods of ordinary calls, without those of registration and checks. */
let called: string[]
let bot: Bot
let updater: Updater

beforeEach(async () => {
  telegram = await Simulator.start({ local: true })
  account = telegram.bot()
  ada = telegram.user()
  called = []
  bot = new Bot(account.token, {
    apiRoot: telegram.apiRoot,
    localMode: true,
    onCall(call, next) {
      if (!/webhook|getUpdates/i.test(call.method)) called.push(call.method)
      return next()
    },
  })
})

afterEach(async () => {
  await updater?.stop({ deadlineMs: 100 })
  await telegram[Symbol.asyncDispose]()
  await bot[Symbol.asyncDispose]()
})

async function start(queue: UpdateQueue = new MemoryQueue()): Promise<number> {
  updater = new Updater({ bot, queue, logger: silentLogger })
  const port = await freePort()
  await updater.startWebhook({ port, webhookUrl: `http://127.0.0.1:${port}/hook` })
  return port
}

/** Returns the texts of the next messages from the bot to the user. */
async function heard(count: number): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = []
  while (texts.length < count) texts.push((await ada.hears()).text)
  return texts
}

describe("ctx.respond", () => {
  test("sends the call in the webhook's answer, and the bot sends no request", async () => {
    await start()
    updater.dispatcher.on(filters.text, (ctx) =>
      ctx.respond("sendMessage", { text: `You said ${ctx.message.text}` }),
    )
    await ada.send(account, "hello")
    expect(await heard(1)).toEqual(["You said hello"])
    expect(called).toEqual([])
    await untilTrue(() => telegram.deliveries.length === 1)
    expect(telegram.deliveries.last?.outcome).toBe("delivered")
  })

  test("sends the second call of an update as a request", async () => {
    await start()
    updater.dispatcher.on(filters.text, async (ctx) => {
      await ctx.respond("sendMessage", { text: "rides" })
      await ctx.respond("sendMessage", { text: "called" })
    })
    await ada.send(account, "hello")
    // The call is in the answer that is sent when the handler has ended.
    expect(await heard(2)).toEqual(["called", "rides"])
    expect(called).toEqual(["sendMessage"])
  })

  test("sends a call with a file, or with a result, as a request", async () => {
    await start()
    updater.dispatcher.on(filters.text, async (ctx) => {
      await ctx.respond("sendDocument", { document: InputFile.bytes("x", { filename: "x.txt" }) })
      await ctx.respond("sendMessage", { text: "rides" })
    })
    await ada.send(account, "hello")
    expect(await heard(2)).toEqual([undefined, "rides"])
    expect(called).toEqual(["sendDocument"])
  })

  test("sends the call as a request once the request of the update was answered after holdMs", async () => {
    await start(new MemoryQueue({ holdMs: 20 }))
    updater.dispatcher.on(filters.text, async (ctx) => {
      await untilTrue(() => telegram.deliveries.length === 1)
      await ctx.respond("sendMessage", { text: "late" })
    })
    await ada.send(account, "hello")
    await heard(1)
    expect(called).toEqual(["sendMessage"])
  })

  test("sends a call made before the end of holdMs in the answer, though the handler continues", async () => {
    await start(new MemoryQueue({ holdMs: 20 }))
    const go = deferred()
    updater.dispatcher.on(filters.text, async (ctx) => {
      await ctx.respond("sendMessage", { text: "wait a moment" })
      await go.promise
    })
    await ada.send(account, "hello")
    await heard(1)
    go.resolve()
    expect(called).toEqual([])
  })

  test("sends the call as a request if the queue stores updates: the answer was already sent", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sounder-"))
    await using queue = new SqliteQueue({ path: join(folder, "updates.db") })
    await start(queue)
    updater.dispatcher.on(filters.text, (ctx) => ctx.respond("sendMessage", { text: "stored" }))
    await ada.send(account, "hello")
    await heard(1)
    expect(called).toEqual(["sendMessage"])
    await updater.stop()
    rmSync(folder, { recursive: true })
  })

  test("sends the call as a request while polling", async () => {
    updater = new Updater({ bot, logger: silentLogger })
    updater.dispatcher.on(filters.text, (ctx) => ctx.respond("sendMessage", { text: "polled" }))
    await updater.startPolling()
    await ada.send(account, "hello")
    await heard(1)
    expect(called).toEqual(["sendMessage"])
  })

  test("rejects like an ordinary call, if it is one", async () => {
    updater = new Updater({ bot, logger: silentLogger })
    const failures: unknown[] = []
    updater.dispatcher.on(filters.text, (ctx) =>
      ctx.respond("sendMessage", { chat_id: 1, text: "x" }).catch((error: unknown) => {
        failures.push(error)
      }),
    )
    await updater.startPolling()
    await ada.send(account, "hello")
    await untilTrue(() => failures.length === 1)
    expect(failures[0]).toMatchObject({ errorCode: 400 })
  })

  test("sends no call for an update that was refused: the update is sent again, and so is its call", async () => {
    const port = await start()
    const begun = deferred()
    let isStopping = true
    updater.dispatcher.on(filters.text, async (ctx) => {
      await ctx.respond("sendMessage", { text: "once" })
      begun.resolve()
      if (!isStopping) return
      // The handler still runs when the updater stops.
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
      ctx.signal.throwIfAborted()
    })
    await ada.send(account, "hello")
    await begun.promise
    const { handedBack } = await updater.stop({ deadlineMs: 10 })
    expect(handedBack).toHaveLength(1)
    isStopping = false
    await updater.startWebhook({ port, webhookUrl: `http://127.0.0.1:${port}/hook` })
    expect(await heard(1)).toEqual(["once"])
    await expect(ada.hears({ timeoutMs: 50 })).rejects.toThrow(/expected to hear/)
    expect(called).toEqual([])
  })

  test("answers a button press, and fills in its id", async () => {
    await start()
    updater.dispatcher.on(filters.text, (ctx) =>
      ctx.reply("Well?", {
        reply_markup: { inline_keyboard: [[{ text: "Yes", callback_data: "yes" }]] },
      }),
    )
    updater.dispatcher.callbackQuery("yes", (ctx) =>
      ctx.respond("answerCallbackQuery", { text: "Noted" }),
    )
    await ada.send(account, "hello")
    const press = await ada.press(await ada.hears(), "Yes")
    expect(await press.answered).toMatchObject({ text: "Noted" })
    expect(called).toEqual(["sendMessage"])
  })
})

describe("with other edges", () => {
  let server: Server | undefined

  afterEach(() => {
    server?.close()
    server?.closeAllConnections()
  })

  const update = (id: number) =>
    JSON.stringify({
      update_id: id,
      message: {
        message_id: id,
        date: Math.floor(Date.now() / 1000),
        text: "hello",
        chat: { id: ada.id, type: "private", first_name: "Ada" },
        from: { id: ada.id, is_bot: false, first_name: "Ada" },
      },
    })

  test("a serverless function answers with the call", async () => {
    const dispatcher = new Dispatcher({ bot, logger: silentLogger })
    dispatcher.on(filters.text, (ctx) => ctx.respond("sendMessage", { text: "from afar" }))
    const webhook = new Webhook({
      botId: bot.id,
      queue: { put: ({ update: one, response }) => dispatcher.process(one, { response }) },
      secretToken: "s",
    })
    const answer = await webhookFetch(webhook)(
      new Request("https://example.com/hook", {
        method: "POST",
        headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": "s" },
        body: update(1),
      }),
    )
    expect(answer.headers.get("content-type")).toBe("application/json")
    expect(await answer.json()).toEqual({
      method: "sendMessage",
      chat_id: ada.id,
      text: "from afar",
    })
    expect(called).toEqual([])
  })

  test("the call is sent as a request if the client has gone, or waits too long", async () => {
    await ada.send(account, "so that the bot may write")
    const queue = new MemoryQueue({ holdMs: Infinity })
    const dispatcher = new Dispatcher({ bot, queue, logger: silentLogger })
    const go = deferred()
    dispatcher.on(filters.text, async (ctx) => {
      await ctx.respond("sendMessage", { text: "still" })
      await go.promise
    })
    dispatcher.start()
    const options = { botId: bot.id, queue, secretToken: false, putTimeoutMs: 50 } as const
    const patient = new Webhook({ ...options, putTimeoutMs: 60_000 })
    server = createServer(webhookListener(patient)).listen(0, "127.0.0.1")
    const gone = deferred()
    server.once("connection", (socket) => socket.once("close", gone.resolve))
    await untilTrue(() => server?.listening === true)
    const client = connect(portOf(server), "127.0.0.1")
    const body = update(1)
    client.write(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    const late = new Webhook({ ...options, putTimeoutMs: 50 }).take(update(2))
    expect(await heard(1)).toEqual(["still"])
    expect((await late).status).toBe(503)
    client.destroy()
    await gone.promise
    go.resolve()
    expect(await heard(1)).toEqual(["still"])
    expect(called).toEqual(["sendMessage", "sendMessage"])
    await dispatcher.stop({ deadlineMs: 100 })
  })
})
