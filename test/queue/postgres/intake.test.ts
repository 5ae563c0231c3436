import pg from "pg"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { filters } from "../../../src/dispatch/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { PostgresQueue } from "../../../src/queue/postgres/index.js"
import { type SimulatedBot, type SimulatedUser, Simulator } from "@sounder/simulator"
import { Updater } from "../../../src/updater.js"
import { freePort } from "../../support/free-port.js"
import { TcpProxy } from "../../support/tcp-proxy.js"
import { untilTrue } from "../../support/waiting.js"
import { withPostgres, stageOfFile } from "../../support/postgres-stage.js"

describe("while the database is away", withPostgres, () => {
  const stage = stageOfFile()
  let telegram: Simulator
  let account: SimulatedBot
  let ada: SimulatedUser
  let bot: Bot
  let proxy: TcpProxy
  let pool: pg.Pool
  let queue: PostgresQueue
  let updater: Updater

  beforeEach(async () => {
    telegram = await Simulator.start({ local: true })
    account = telegram.bot({ username: "away_bot" })
    ada = telegram.user({ first_name: "Ada" })
    bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
    proxy = await TcpProxy.to(stage.server.port)
    const { port } = proxy
    pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" })
    const schema = stage.newSchema()
    queue = new PostgresQueue({
      pool,
      schema,
      migrate: true,
      timeoutMs: 2_000,
      logger: silentLogger,
    })
    updater = new Updater({ bot, queue, logger: silentLogger })
    updater.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
  })

  afterEach(async () => {
    await updater.stop({ deadlineMs: 1_000 })
    await queue[Symbol.asyncDispose]()
    await pool.end()
    await proxy[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
    await bot[Symbol.asyncDispose]()
  })

  /** Checks that the updates sent during an outage are handled in order after it. */
  async function expectNothingLost(isRefused: () => Promise<boolean>): Promise<void> {
    await ada.send(account, "before")
    expect((await ada.hears()).text).toBe("before")
    proxy.leadTo(await freePort())
    proxy.cut()
    await ada.send(account, "one")
    await ada.send(account, "two")
    await untilTrue(isRefused)
    expect((await bot.getWebhookInfo()).pending_update_count).toBe(2)
    proxy.leadTo(stage.server.port)
    // Telegram waits for the announced time before it sends an update again.
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe("one")
    expect((await ada.hears({ timeoutMs: 60_000 })).text).toBe("two")
    await untilTrue(async () => (await bot.getWebhookInfo()).pending_update_count === 0)
  }

  test("polling confirms nothing, and goes on by itself", async () => {
    await updater.startPolling()
    await expectNothingLost(async () => (await bot.getWebhookInfo()).pending_update_count === 2)
  })

  test("the webhook answers 503, and goes on by itself", async () => {
    const port = await freePort()
    const webhookUrl = `http://127.0.0.1:${port}/hook`
    await updater.startWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
    await expectNothingLost(async () => {
      const { last_error_message: last } = await bot.getWebhookInfo()
      return last?.includes("503") ?? false
    })
  })
})
