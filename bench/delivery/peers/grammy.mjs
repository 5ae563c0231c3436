// grammY. https://grammy.dev/guide/deployment-types, https://grammy.dev/advanced/reliability (the
// stop on SIGTERM), https://grammy.dev/advanced/scaling (`sequentialize` where updates are handled
// at the same time, as on a webhook).
import { createServer } from "node:http"
import { sequentialize } from "@grammyjs/runner"
import { Bot, webhookCallback } from "grammy"
import { apiRoot, handle, mode, port, secretToken, token, webhookUrl } from "../work.mjs"

const bot = new Bot(token, { client: { apiRoot } })
if (mode === "webhook") bot.use(sequentialize((ctx) => ctx.chat?.id.toString()))
bot.on(["message", "callback_query"], (ctx) => handle(ctx.update))

if (mode === "polling") {
  process.once("SIGTERM", () => bot.stop())
  await bot.start()
} else {
  const server = createServer(webhookCallback(bot, "http", { secretToken }))
  process.once("SIGTERM", () => server.close())
  server.listen(port, "127.0.0.1")
  await bot.api.setWebhook(webhookUrl, { secret_token: secretToken })
}
