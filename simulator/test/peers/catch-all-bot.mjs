// A bot that prints every update of any type, and every other request that reaches a
// handler. Environment: FRAMEWORK, BOT_TOKEN, TELEGRAM_API_ROOT, PORT. Its webhook is at /hook, with the
// secret "secret"; nothing is registered. It prints "listening" when it listens.
import { createServer } from "node:http"

const { FRAMEWORK, BOT_TOKEN, TELEGRAM_API_ROOT, PORT } = process.env
const handled = (update) => console.log(`handled ${JSON.stringify(update)}`)

const frameworks = {
  async grammy() {
    const { Bot, webhookCallback } = await import("grammy")
    const bot = new Bot(BOT_TOKEN, { client: { apiRoot: TELEGRAM_API_ROOT } })
    bot.use((ctx) => handled(ctx.update))
    return createServer(webhookCallback(bot, "http", { secretToken: "secret" }))
  },
  async telegraf() {
    const { Telegraf } = await import("telegraf")
    const bot = new Telegraf(BOT_TOKEN, { telegram: { apiRoot: TELEGRAM_API_ROOT } })
    bot.use((ctx) => handled(ctx.update))
    return createServer(bot.webhookCallback("/hook", { secretToken: "secret" }))
  },
  async gramio() {
    const { Bot, webhookHandler } = await import("gramio")
    const bot = new Bot(BOT_TOKEN, { api: { baseURL: `${TELEGRAM_API_ROOT}/bot` } })
    bot.use((ctx) => handled(ctx.update ?? {}))
    await bot.init()
    return createServer(webhookHandler(bot, "http", "secret"))
  },
}

const server = await frameworks[FRAMEWORK]()
server.listen(Number(PORT), "127.0.0.1", () => console.log("listening"))
