import { createServer } from "node:http"
import { once } from "node:events"
import { connect } from "node:net"
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest"
import { Bot, type BotOptions } from "../../src/bot/index.js"
import { createCertificate } from "../../src/certificate/index.js"
import { filters } from "../../src/dispatch/index.js"
import { Fleet, type FleetOptions, type FleetWebhookOptions } from "../../src/fleet/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { Simulator, type SimulatedBot, type SimulatedUser } from "@sounder/simulator"
import { Unauthorized } from "../../src/telegram/errors.js"
import { freePort, portOf } from "../support/free-port.js"
import { deferred, untilTrue } from "../support/waiting.js"

let telegram: Simulator
let ada: SimulatedUser
let fleet: Fleet

beforeEach(async () => {
  telegram = await Simulator.start({ local: true })
  ada = telegram.user({ first_name: "Ada" })
  fleet = fleetOf()
})

afterEach(async () => {
  await fleet.stop({ deadlineMs: 100 })
  await telegram[Symbol.asyncDispose]()
})

test("ten bots receive on one port over TLS, each answering for itself", async () => {
  const accounts = Array.from({ length: 10 }, (_, n) =>
    telegram.bot({ username: `fleet_${n}_bot` }),
  )
  for (const { token } of accounts) await fleet.add(token)
  const { started, failed } = await fleet.startWebhook(await overTls())
  expect(failed).toEqual([])
  expect(started).toHaveLength(10)
  for (const account of accounts) expect(await answerOf(account)).toBe(`hello from ${account.id}`)
})

test("the bots of a fleet call Telegram through a proxy", async () => {
  const proxied: (string | undefined)[] = []
  const proxy = createServer().listen(0, "127.0.0.1")
  proxy.on("connect", ({ url }, inside, head) => {
    proxied.push(url)
    const outside = connect(Number(new URL(telegram.apiRoot).port), "127.0.0.1", () => {
      inside.write("HTTP/1.1 200 OK\r\n\r\n")
      outside.write(head)
      inside.pipe(outside).pipe(inside)
    })
    outside.on("error", () => inside.destroy())
    inside.on("error", () => outside.destroy())
  })
  await once(proxy, "listening")
  const through = new Fleet({
    botOptions: { apiRoot: telegram.apiRoot, proxy: `http://127.0.0.1:${portOf(proxy)}` },
    logger: silentLogger,
  })
  onTestFinished(async () => {
    await through[Symbol.asyncDispose]()
    proxy.close()
    await once(proxy, "close")
  })
  const { id, token } = telegram.bot()
  const bot = await through.add(token)
  expect((await bot.getMe()).id).toBe(id)
  expect(proxied).toEqual([new URL(telegram.apiRoot).host])
})

test.each([
  [{ proxy: "127.0.0.1:8080" }, "`proxy` option"],
  [{ proxy: "http://127.0.0.1:8080", transport: {} }, "either the `transport` or the `proxy`"],
])("bots cannot have the options %o", async (botOptions, message) => {
  const add = async () => new Fleet({ botOptions: botOptions as BotOptions }).add("1:A")
  await expect(add()).rejects.toThrow(message)
})

test("a bot that is added while the fleet runs receives when `add` resolves", async () => {
  const options = await overHttp()
  await fleet.startWebhook(options)
  const account = telegram.bot()
  await fleet.add(account.token)
  expect(await answerOf(account)).toBe(`hello from ${account.id}`)
  const { url } = await botOf(account).getWebhookInfo()
  expect(url).toBe(`${options.webhookUrl}/${account.id}`)
})

test("adding a bot twice registers it once", async () => {
  await fleet.startWebhook(await overHttp())
  const account = telegram.bot()
  const [first, second] = await Promise.all([fleet.add(account.token), fleet.add(account.token)])
  expect(second).toBe(first)
  expect(telegram.calls.filter(({ method }) => method === "setWebhook")).toHaveLength(1)
})

test("a removed bot receives no more updates, and Telegram keeps them", async () => {
  await fleet.startWebhook(await overHttp())
  const [gone, stays] = [telegram.bot(), telegram.bot()]
  await fleet.add(gone.token)
  await fleet.add(stays.token)
  expect(await fleet.remove(gone.id)).toBe(true)
  expect(await fleet.remove(gone.id)).toBe(false)
  expect(fleet.bots.map(({ id }) => id)).toEqual([stays.id])
  await ada.send(gone, "anyone?")
  expect(await answerOf(stays)).toBe(`hello from ${stays.id}`)
  expect(gone.pendingUpdateCount).toBe(1)
  await fleet.add(gone.token)
  expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe(`hello from ${gone.id}`)
})

test("a removed bot's webhook is deleted on request", async () => {
  await fleet.startWebhook(await overHttp())
  const account = telegram.bot()
  await fleet.add(account.token)
  await fleet.remove(account.id)
  expect((await botOf(account).getWebhookInfo()).url).not.toBe("")
  await fleet.add(account.token)
  await fleet.remove(account.id, { deleteWebhook: true })
  expect((await botOf(account).getWebhookInfo()).url).toBe("")
})

test("the updates that a bot received before its removal are still handled", async () => {
  const queue = new MemoryQueue({ holdMs: 0 })
  fleet = fleetOf({ queue })
  const [began, go] = [deferred(), deferred()]
  const handled: string[] = []
  fleet.dispatcher.group(-1).on(filters.text, async (ctx, next) => {
    began.resolve()
    await go.promise
    handled.push(ctx.message.text)
    await next()
  })
  await fleet.startWebhook(await overHttp())
  const account = telegram.bot()
  await fleet.add(account.token)
  await ada.send(account, "first")
  await began.promise
  await ada.send(account, "second")
  await untilTrue(() => account.pendingUpdateCount === 0)
  await fleet.remove(account.id)
  go.resolve()
  await ada.hears()
  await ada.hears()
  expect(handled).toEqual(["first", "second"])
})

test("one bot's secret opens no other bot's path", async () => {
  const options = await overHttp()
  await fleet.startWebhook(options)
  const [one, other] = [telegram.bot(), telegram.bot()]
  await fleet.add(one.token)
  await fleet.add(other.token)
  expect(deriveSecretToken(one.token)).not.toBe(deriveSecretToken(other.token))
  const statusWith = async (secret: string) => {
    const response = await fetch(`${options.webhookUrl}/${one.id}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": secret,
      },
      body: JSON.stringify({ update_id: 1, message: {} }),
    })
    return response.status
  }
  expect(await statusWith(deriveSecretToken(other.token))).toBe(401)
  expect(await statusWith(deriveSecretToken(one.token))).toBe(200)
})

test("an unknown token does not keep other bots from starting", async () => {
  const account = telegram.bot()
  const unknown = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
  await fleet.add(unknown)
  await fleet.add(account.token)
  const { started, failed } = await fleet.startWebhook(await overHttp())
  expect(started.map(({ id }) => id)).toEqual([account.id])
  expect(failed.map(({ bot }) => bot.id)).toEqual([123_456])
  expect(failed[0]?.error).toBeInstanceOf(Unauthorized)
  expect(await answerOf(account)).toBe(`hello from ${account.id}`)
  await expect(fleet.add(unknown)).rejects.toBeInstanceOf(Unauthorized)
  expect(fleet.bots.map(({ id }) => id)).toEqual([account.id])
})

test("a start of which every bot fails rejects, and leaves nothing running", async () => {
  await fleet.add("123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
  const options = await overHttp()
  await expect(fleet.startWebhook(options)).rejects.toBeInstanceOf(Unauthorized)
  expect(fleet.isRunning).toBe(false)
  expect(fleet.dispatcher.isRunning).toBe(false)
  expect(options.server.address).toBeUndefined()
})

test("a wrong option rejects with a TypeError, and leaves nothing running", async () => {
  await fleet.add(telegram.bot().token)
  const options = await overHttp()
  await expect(fleet.startWebhook({ ...options, maxConnections: 0 })).rejects.toThrow(
    /`maxConnections`/,
  )
  await expect(
    fleet.startWebhook({ ...options, webhookUrl: "http://localhost/?a=b" }),
  ).rejects.toThrow(/`webhookUrl`/)
  expect(fleet.isRunning).toBe(false)
  expect(options.server.address).toBeUndefined()
})

test.each<[name: string, call: (fleet: Fleet) => Promise<unknown>, message: string]>([
  ["park a text", (fleet) => fleet.park("7" as never), "`botId`"],
  ["park with a number", (fleet) => fleet.park(7, 402 as never), "`reason`"],
  ["wake nobody", (fleet) => fleet.wake(0), "`botId`"],
  ["remove nobody", (fleet) => fleet.remove(undefined as never), "`botId`"],
  [
    "remove with a text",
    (fleet) => fleet.remove(7, { deleteWebhook: "no" as never }),
    "`deleteWebhook`",
  ],
  ["remove with a number", (fleet) => fleet.remove(7, { deleteData: 1 as never }), "`deleteData`"],
])("to %s is a TypeError without a store, too", async (_, call, message) => {
  await expect(call(fleet)).rejects.toThrow(TypeError)
  await expect(call(fleet)).rejects.toThrow(message)
})

test("a port in use rejects the start, which can be repeated", async () => {
  const taken = createServer().listen(0, "127.0.0.1")
  await once(taken, "listening")
  const port = portOf(taken)
  const account = telegram.bot()
  await fleet.add(account.token)
  const options = {
    server: new WebhookServer({ port }),
    webhookUrl: `http://127.0.0.1:${port}/bots`,
  }
  await expect(fleet.startWebhook(options)).rejects.toMatchObject({ code: "listen-failed" })
  taken.close()
  await once(taken, "close")
  await fleet.startWebhook(options)
  expect(await answerOf(account)).toBe(`hello from ${account.id}`)
})

test("another token replaces the old one", async () => {
  const moved = await Simulator.start({ local: true })
  onTestFinished(() => moved[Symbol.asyncDispose]())
  await fleet.startWebhook(await overHttp())
  const old = telegram.bot()
  await fleet.add(old.token)
  const renewed = moved.bot({ token: `${old.id}:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB` })
  await fleet.add(new Bot(renewed.token, { apiRoot: moved.apiRoot, localMode: true }))
  expect(fleet.bots.map(({ token }) => token)).toEqual([renewed.token])
  const grace = moved.user({ first_name: "Grace" })
  await grace.send(renewed, "hello")
  expect((await grace.hears()).text).toBe(`hello from ${old.id}`)
})

test("every bot answers by polling, too", async () => {
  const accounts = [telegram.bot(), telegram.bot(), telegram.bot()]
  for (const { token } of accounts) await fleet.add(token)
  const { started } = await fleet.startPolling()
  expect(started).toHaveLength(3)
  for (const account of accounts) expect(await answerOf(account)).toBe(`hello from ${account.id}`)
})

test("a bot whose token is revoked ends, and the others continue", async () => {
  const ended: number[] = []
  fleet = fleetOf({ onBotEnded: (bot) => ended.push(bot.id) })
  const [revoked, stays] = [telegram.bot(), telegram.bot()]
  await fleet.add(revoked.token)
  await fleet.startPolling()
  telegram.fault("getUpdates", { status: 401 }, 1_000)
  await ada.send(revoked, "wakes the poll")
  await untilTrue(() => ended.length > 0)
  expect(ended).toEqual([revoked.id])
  telegram.clearFaults()
  await fleet.add(stays.token)
  const states = fleet.status().map(({ bot, state }) => [bot.id, state])
  expect(states).toEqual([
    [revoked.id, "refused"],
    [stays.id, "receiving"],
  ])
  await ada.send(stays, "hello")
  expect((await ada.hears()).text).toBe(`hello from ${stays.id}`)
})

test("an error of `onBotEnded` is logged, and the fleet runs on", async () => {
  const logged: string[] = []
  const error = (message: string) => void logged.push(message)
  const onBotEnded = async (bot: Bot) => {
    // Waits for the end of the operations on the bot.
    await fleet.remove(bot.id)
    throw new Error("The siren is broken")
  }
  fleet = fleetOf({ logger: { ...silentLogger, error }, onBotEnded: (bot) => onBotEnded(bot) })
  const [revoked, stays] = [telegram.bot(), telegram.bot()]
  await fleet.add(revoked.token)
  await fleet.startPolling()
  telegram.fault("getUpdates", { status: 401 }, 1_000)
  await ada.send(revoked, "wakes the poll")
  await untilTrue(() => logged.some((line) => line.includes("The siren is broken")))
  telegram.clearFaults()
  await fleet.add(stays.token)
  expect(await answerOf(stays)).toBe(`hello from ${stays.id}`)
})

test("after a stop new updates wait at Telegram, and the next start handles them", async () => {
  const accounts = [telegram.bot(), telegram.bot()]
  for (const { token } of accounts) await fleet.add(token)
  const options = await overHttp()
  await fleet.startWebhook(options)
  const [first, second] = await Promise.all([fleet.stop(), fleet.stop()])
  expect(first).toEqual({ handled: [], handedBack: [], unknown: [] })
  expect(second).toBe(first)
  expect(options.server.address).toBeUndefined()
  for (const account of accounts) await ada.send(account, "while it was down")
  await fleet.startWebhook(options)
  const answers = [await ada.hears({ timeoutMs: 60_000 }), await ada.hears({ timeoutMs: 60_000 })]
  expect(new Set(answers.map(({ text }) => text))).toEqual(
    new Set(accounts.map(({ id }) => `hello from ${id}`)),
  )
})

test("a server that was started before the fleet stays open after the stop", async () => {
  const options = await overHttp()
  await options.server.start()
  onTestFinished(() => options.server.close())
  await fleet.startWebhook(options)
  await fleet.stop()
  expect(options.server.address).toBeDefined()
})

test("a stop during the start leaves no bot running", async () => {
  for (let n = 0; n < 40; n += 1) await fleet.add(telegram.bot().token)
  const options = await overHttp()
  const start = fleet.startWebhook(options)
  await untilTrue(() => telegram.calls.length > 20)
  await fleet.stop()
  await start
  expect(options.server.address).toBeUndefined()
  expect(fleet.isRunning).toBe(false)
})

test("no log shows the token of any bot", async () => {
  const logged: string[] = []
  const error = (message: string) => void logged.push(message)
  fleet = fleetOf({ logger: { ...silentLogger, error } })
  const account = telegram.bot()
  fleet.dispatcher.group(-1).command("fail", (ctx) => {
    throw new Error(`https://api.telegram.org/bot${ctx.bot.token}/sendMessage`)
  })
  await fleet.add(account.token)
  await fleet.startPolling()
  await ada.send(account, "/fail")
  await untilTrue(() => logged.length > 0)
  expect(logged[0]).toContain("bot<token>/sendMessage")
  expect(logged.join()).not.toContain(account.token)
})

function fleetOf(options: FleetOptions = {}): Fleet {
  const made = new Fleet({
    botOptions: { apiRoot: telegram.apiRoot, localMode: true },
    logger: silentLogger,
    ...options,
  })
  made.dispatcher.on(filters.text, (ctx) => ctx.reply(`hello from ${ctx.bot.id}`))
  onTestFinished(() => made.stop({ deadlineMs: 100 }).then(() => {}))
  return made
}

function botOf({ token }: SimulatedBot): Bot {
  return new Bot(token, { apiRoot: telegram.apiRoot })
}

async function answerOf(account: SimulatedBot): Promise<string | undefined> {
  await ada.send(account, "hello")
  return (await ada.hears()).text
}

async function overHttp(): Promise<FleetWebhookOptions & { webhookUrl: string }> {
  const port = await freePort()
  return { server: new WebhookServer({ port }), webhookUrl: `http://127.0.0.1:${port}/bots` }
}

async function overTls(): Promise<FleetWebhookOptions> {
  const port = await freePort()
  const { key, cert } = await createCertificate("127.0.0.1")
  const server = new WebhookServer({ port, key, cert })
  return { server, webhookUrl: `https://127.0.0.1:${port}/bots` }
}
