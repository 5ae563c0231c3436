import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { Fleet, type FleetOptions } from "../../src/fleet/index.js"
import {
  type BotStore,
  MemoryBotStore,
  PostgresBotStore,
  SqliteBotStore,
} from "../../src/fleet/store/index.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { findSqlite } from "../../src/queue/sqlite/sqlite-driver.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"
import { freePort } from "../support/free-port.js"
import { stageOfFile, withPostgres } from "../support/postgres-stage.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { temporaryFolder } from "../support/temporary-folder.js"
import { untilTrue } from "../support/waiting.js"

const stage = stageOfFile(["fsync=off"])

async function newTelegram(): Promise<Simulator> {
  const telegram = await Simulator.start({ local: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  return telegram
}

/** Returns the fleet of a machine, which is stopped after the test. */
function machine(telegram: Simulator, options: FleetOptions) {
  const logger = new RecordingLogger()
  const botOptions = { apiRoot: telegram.apiRoot, localMode: true }
  const fleet = new Fleet({ botOptions, logger, ...options })
  fleet.dispatcher.command("start", (ctx) => ctx.reply(`hello from ${ctx.bot.id}`))
  onTestFinished(async () => {
    await fleet.stop({ deadlineMs: 100 })
    await fleet[Symbol.asyncDispose]()
  })
  return { fleet, logger }
}

/** Starts webhooks of a fleet on a port of its own; the URL is that of the first machine. */
async function startWebhook(fleet: Fleet, webhookUrl?: string) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/bots`
  await fleet.startWebhook({
    server: new WebhookServer({ port }),
    webhookUrl: webhookUrl ?? url,
    urlPath: "/bots",
  })
  return url
}

/** Resolves with the status of an update that reaches a machine. */
async function statusOf(url: string, { id, token }: SimulatedBot): Promise<number> {
  const response = await fetch(`${url}/${id}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": deriveSecretToken(token),
    },
    body: JSON.stringify({ update_id: Math.floor(Math.random() * 1e9) }),
  })
  await response.arrayBuffer()
  return response.status
}

const calls = (telegram: Simulator, method: string) =>
  telegram.calls.filter((call) => call.method === method).length

describe("two machines with a store in memory", () => {
  async function twoMachines() {
    const telegram = await newTelegram()
    const store = new MemoryBotStore()
    const [one, other] = [machine(telegram, { store }), machine(telegram, { store })]
    const oneUrl = await startWebhook(one.fleet)
    const otherUrl = await startWebhook(other.fleet, oneUrl)
    return { telegram, store, one, other, oneUrl, otherUrl }
  }

  test("answer for a bot that either of them adds, and register it once", async () => {
    const { telegram, one, other, oneUrl, otherUrl } = await twoMachines()
    const accounts = [telegram.bot(), telegram.bot()] as const
    await one.fleet.add(accounts[0].token)
    await other.fleet.add(accounts[1].token)
    for (const account of accounts) {
      await untilTrue(async () => (await statusOf(oneUrl, account)) === 200)
      await untilTrue(async () => (await statusOf(otherUrl, account)) === 200)
    }
    await untilTrue(() => calls(telegram, "setWebhook") === 2)
    const ada = telegram.user()
    for (const account of accounts) {
      await ada.send(account, "/start")
      expect((await ada.hears()).text).toBe(`hello from ${account.id}`)
    }
    expect(calls(telegram, "setWebhook")).toBe(2)
    expect([...one.logger.errors, ...other.logger.errors]).toEqual([])
  })

  test("park, wake and remove a bot together", async () => {
    const { telegram, one, other, oneUrl, otherUrl } = await twoMachines()
    const account = telegram.bot()
    await one.fleet.add(account.token, { kind: "shop", data: { plan: "free" } })
    const both = async (status: number) => {
      await untilTrue(async () => (await statusOf(oneUrl, account)) === status)
      await untilTrue(async () => (await statusOf(otherUrl, account)) === status)
    }
    await both(200)
    expect(await other.fleet.park(account.id, "unpaid")).toBe(true)
    await both(503)
    await untilTrue(() => one.fleet.status()[0]?.state === "parked")
    expect(one.fleet.status()).toMatchObject([{ kind: "shop", reason: "unpaid" }])
    expect(await one.fleet.wake(account.id)).toBe(true)
    await both(200)
    expect(await other.fleet.remove(account.id, { deleteWebhook: true })).toBe(true)
    await both(503)
    await untilTrue(() => calls(telegram, "deleteWebhook") === 1)
    await untilTrue(() => one.fleet.bots.length === 0 && other.fleet.bots.length === 0)
    expect(await one.fleet.remove(account.id)).toBe(false)
  })

  test("park a bot whose token was revoked, for both, until it has a new token", async () => {
    const { telegram, store, one, other } = await twoMachines()
    const account = telegram.bot()
    await expect(one.fleet.add(`${account.id}:${"x".repeat(35)}`)).rejects.toMatchObject({
      code: "unauthorized",
    })
    expect(await store.list()).toEqual([])
    await store.add([{ token: `${account.id}:${"x".repeat(35)}` }])
    await untilTrue(async () => (await store.get(account.id))?.state === "parked")
    for (const { fleet } of [one, other]) {
      await untilTrue(() => fleet.status()[0]?.state === "parked")
      expect(fleet.status()[0]?.reason).toContain("does not accept the token")
    }
    await other.fleet.add(account.token)
    await untilTrue(() => one.fleet.status()[0]?.state === "receiving")
    expect(await store.get(account.id)).toMatchObject({ state: "active", problem: null })
  })

  test("one takes the registration over when the other stops", async () => {
    const { telegram, store, one, other, otherUrl } = await twoMachines()
    const first = telegram.bot()
    await one.fleet.add(first.token)
    await one.fleet.stop()
    const second = telegram.bot()
    await store.add([{ token: second.token }])
    await untilTrue(() => calls(telegram, "setWebhook") === 2)
    expect(await statusOf(otherUrl, first)).toBe(200)
    expect(await statusOf(otherUrl, second)).toBe(200)
    expect(other.fleet.status().map(({ state }) => state)).toEqual(["receiving", "receiving"])
  })

  test("poll for each bot once", async () => {
    const telegram = await newTelegram()
    const store = new MemoryBotStore()
    const [one, other] = [machine(telegram, { store }), machine(telegram, { store })]
    await one.fleet.startPolling()
    await other.fleet.startPolling()
    const account = telegram.bot()
    await other.fleet.add(account.token)
    expect(other.fleet.status()).toMatchObject([{ state: "standby" }])
    const ada = telegram.user()
    await ada.send(account, "/start")
    expect((await ada.hears()).text).toBe(`hello from ${account.id}`)
    await one.fleet.stop()
    await untilTrue(() => other.fleet.status()[0]?.state === "receiving")
    await ada.send(account, "/start")
    expect((await ada.hears()).text).toBe(`hello from ${account.id}`)
  })
})

test("a leader that another machine has replaced stops polling", async () => {
  const telegram = await newTelegram()
  const store = new MemoryBotStore()
  const { fleet } = machine(telegram, { store })
  await fleet.startPolling()
  await fleet.add(telegram.bot().token)
  expect(fleet.status()).toMatchObject([{ state: "receiving" }])
  store.lead = async () => false
  await untilTrue(() => fleet.status()[0]?.state === "standby")
})

test("a bot that another machine removes while it is added is an error with a code", async () => {
  const telegram = await newTelegram()
  const store = new MemoryBotStore()
  const { fleet } = machine(telegram, { store })
  await fleet.startPolling()
  const { id, token } = telegram.bot()
  const add = store.add.bind(store)
  store.add = async (bots) => {
    const added = await add(bots)
    await store.remove(id)
    return added
  }
  await expect(fleet.add(token)).rejects.toMatchObject({
    code: "not-running",
    message: expect.stringContaining("Add it again"),
  })
})

test("a bot with damaged data is left alone until it has new ones; the others receive", async () => {
  const telegram = await newTelegram()
  const path = join(temporaryFolder(), "fleet.db")
  const store = new SqliteBotStore({ path, keys: randomBytes(32).toString("base64"), pollMs: 20 })
  onTestFinished(() => store[Symbol.asyncDispose]())
  const [damaged, sound] = [telegram.bot(), telegram.bot()]
  await store.add([{ token: damaged.token }, { token: sound.token }])
  const database = findSqlite()(path)
  database.exec(`UPDATE bots SET data = '{' WHERE bot_id = ${damaged.id}`)
  database.close()
  const { fleet, logger } = machine(telegram, { store })
  await fleet.startPolling()
  expect(fleet.bots.map(({ id }) => id)).toEqual([sound.id])
  const message = `The stored data of bot ${damaged.id} are damaged`
  expect(logger.errors).toEqual([expect.stringContaining(message)])
  await expect(fleet.add(damaged.token)).rejects.toMatchObject({
    code: "storage-corrupted",
    message: expect.stringContaining("store.setData"),
  })
  expect(await fleet.park(damaged.id)).toBe(true)
  expect(await fleet.wake(damaged.id)).toBe(true)
  await store.setData(damaged.id, { plan: "free" })
  await untilTrue(() => fleet.status().filter(({ state }) => state === "receiving").length === 2)
})

test("a fleet finds its bots in the store after a restart", async () => {
  const telegram = await newTelegram()
  const store = new MemoryBotStore()
  const account = telegram.bot()
  const first = machine(telegram, { store })
  await first.fleet.add(account.token)
  expect(first.fleet.bots.map(({ id }) => id)).toEqual([account.id])
  const second = machine(telegram, { store })
  await second.fleet.startPolling()
  expect(second.fleet.status()).toMatchObject([{ state: "receiving" }])
  await expect(second.fleet.add(second.fleet.bots[0])).rejects.toThrow("Expected a token")
})

describe("two machines with a store in PostgreSQL", withPostgres, () => {
  const key = randomBytes(32).toString("base64")

  function stores(schema: string, keys = key): BotStore {
    const { pool } = stage
    const store = new PostgresBotStore({ pool, listen: pool, schema, keys, migrate: true })
    onTestFinished(() => store[Symbol.asyncDispose]())
    return store
  }

  test("keep and handle the updates of a bot that the other machine has added", async () => {
    const telegram = await newTelegram()
    const schema = stage.newSchema()
    const started = await Promise.all(
      [1, 2].map(async () => {
        const queue = stage.open({ schema, pollMs: 50 })
        onTestFinished(() => queue[Symbol.asyncDispose]())
        return { ...machine(telegram, { store: stores(schema), queue }), queue }
      }),
    )
    const [one, other] = started
    if (!one || !other) throw new Error("There are two machines")
    const url = await startWebhook(one.fleet)
    await other.fleet.startWorker()
    const account = telegram.bot()
    await one.fleet.add(account.token)
    const ada = telegram.user()
    for (let n = 0; n < 20; n += 1) await ada.send(account, "/start")
    for (let n = 0; n < 20; n += 1) {
      expect((await ada.hears()).text).toBe(`hello from ${account.id}`)
    }
    expect(await one.queue.status()).toMatchObject({ setAside: 0 })
    expect(url).toContain("/bots")
  })

  test("one with another key does not start, and names the key", async () => {
    const telegram = await newTelegram()
    const schema = stage.newSchema()
    await stores(schema).add([{ token: telegram.bot().token }])
    const { fleet } = machine(telegram, {
      store: stores(schema, randomBytes(32).toString("base64")),
    })
    await expect(fleet.startPolling()).rejects.toMatchObject({ code: "wrong-key" })
    expect(fleet.isRunning).toBe(false)
    expect((await stores(schema).list()).map(({ state }) => state)).toEqual(["active"])
  })

  test("carry changes out after the database was away", async () => {
    const telegram = await newTelegram()
    const schema = stage.newSchema()
    const store = stores(schema)
    const { fleet } = machine(telegram, { store })
    await fleet.startPolling()
    await stage.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    const account = telegram.bot()
    await untilTrue(() =>
      fleet.add(account.token).then(
        () => true,
        () => false,
      ),
    )
    await untilTrue(() => fleet.status()[0]?.state === "receiving")
  })
})
