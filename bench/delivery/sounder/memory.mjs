// Sounder with its default queue. docs/guides/polling.md, docs/guides/webhook.md
import { Bot, Updater } from "sounder"
import { apiRoot, handle, mode, port, token, webhookUrl } from "../work.mjs"

const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }) })
updater.dispatcher.use((ctx) => handle(ctx.update))

if (mode === "polling") await updater.runPolling()
else await updater.runWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
