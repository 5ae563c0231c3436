// puregram 2. https://github.com/nitreojs/puregram#readme (polling, webhooks)
import { createServer } from "node:http"
import { Telegram } from "puregram"
import { apiRoot, handle, mode, port, secretToken, token, webhookUrl } from "../work.mjs"

const telegram = Telegram.fromToken(token, { apiBaseUrl: `${apiRoot}/bot` })
telegram.updates.on(["message", "callback_query"], (context) => handle(context.update))

if (mode === "polling") {
  process.once("SIGTERM", () => telegram.updates.stopPolling())
  await telegram.updates.startPolling()
} else {
  const server = createServer(telegram.updates.getWebhookMiddleware(secretToken))
  process.once("SIGTERM", () => server.close())
  server.listen(port, "127.0.0.1")
  await telegram.api.setWebhook({ url: webhookUrl, secret_token: secretToken })
}
