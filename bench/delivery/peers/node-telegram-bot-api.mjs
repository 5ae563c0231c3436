// node-telegram-bot-api 2. https://github.com/yagop/node-telegram-bot-api#readme (`run` and
// `startWebhook` stop gracefully by themselves).
import { Bot } from "node-telegram-bot-api"
import { run, startWebhook } from "node-telegram-bot-api/node"
import { apiRoot, handle, mode, port, secretToken, token, webhookUrl } from "../work.mjs"

const bot = new Bot(token, { apiRoot })
bot.on("message", (ctx) => handle(ctx.update))
bot.on("callback_query", (ctx) => handle(ctx.update))

if (mode === "polling") await run(bot)
else {
  await bot.api.setWebhook({ url: webhookUrl, secret_token: secretToken })
  await startWebhook(bot, { port, hostname: "127.0.0.1", path: "/hook", secretToken })
}
