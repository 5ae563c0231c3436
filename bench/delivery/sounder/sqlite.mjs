// Sounder with a queue in a file. docs/guides/durable.md
import { Bot, Updater } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { apiRoot, handle, mode, port, store, token, webhookUrl } from "../work.mjs"

const queue = new SqliteQueue({ path: store })
const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }), queue })
updater.dispatcher.use((ctx) => handle(ctx.update))

if (mode === "polling") await updater.runPolling()
else await updater.runWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl })
await queue[Symbol.asyncDispose]()
