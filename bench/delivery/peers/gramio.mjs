// GramIO. https://gramio.dev/guides/webhook, https://gramio.dev/hooks/on-stop (`stop`, which waits
// for what runs).
import { createServer } from "node:http"
import { Bot, webhookHandler } from "gramio"
import { apiRoot, handle, mode, port, secretToken, token, webhookUrl } from "../work.mjs"

const bot = new Bot(token, { api: { baseURL: `${apiRoot}/bot` } })
bot.on(["message", "callback_query"], (ctx) => handle(ctx.update))

if (mode === "polling") {
  process.once("SIGTERM", () => bot.stop())
  await bot.start()
} else {
  const server = createServer(webhookHandler(bot, "http", secretToken))
  process.once("SIGTERM", () => server.close(() => bot.stop()))
  server.listen(port, "127.0.0.1")
  await bot.start({ webhook: { url: webhookUrl, secret_token: secretToken } })
}
