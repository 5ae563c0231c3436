// Telegraf. https://github.com/telegraf/telegraf#readme (launch, the graceful stop, webhooks).
// `createWebhook` registers https URLs only, so this file registers the other ones itself.
import { createServer } from "node:http"
import { Telegraf } from "telegraf"
import { apiRoot, handle, mode, port, secretToken, token, webhookUrl } from "../work.mjs"

const bot = new Telegraf(token, { telegram: { apiRoot } })
bot.on(["message", "callback_query"], (ctx) => handle(ctx.update))

if (mode === "polling") {
  process.once("SIGTERM", () => bot.stop("SIGTERM"))
  await bot.launch()
} else {
  const server = createServer(bot.webhookCallback("/hook", { secretToken }))
  process.once("SIGTERM", () => server.close())
  server.listen(port, "127.0.0.1")
  await bot.telegram.setWebhook(webhookUrl, { secret_token: secretToken })
}
