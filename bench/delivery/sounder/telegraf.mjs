// Telegraf on Sounder, with its updates in a file. docs/guides/existing-bots.md
import { receive } from "sounder/telegraf"
import { SqliteQueue } from "sounder/sqlite"
import { Telegraf } from "telegraf"
import { apiRoot, handle, mode, port, store, token, webhookUrl } from "../work.mjs"

const bot = new Telegraf(token, { telegram: { apiRoot }, handlerTimeout: Infinity })
bot.on(["message", "callback_query"], (ctx) => handle(ctx.update))

const queue = new SqliteQueue({ path: store })
const updater = receive(bot, { queue, botOptions: { localMode: true } })
if (mode === "polling") await updater.runPolling()
else await updater.runWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
await queue[Symbol.asyncDispose]()
