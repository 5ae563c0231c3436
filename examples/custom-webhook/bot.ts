import { once } from "node:events"
import { Bot, deriveSecretToken, Dispatcher } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { register } from "./handlers.ts"
import { serverOf } from "./server.ts"

const { BOT_TOKEN, WEBHOOK_URL = "", API_KEY = "", PORT = "5000" } = process.env
if (API_KEY === "") throw new Error("Set API_KEY to a long random text")

const bot = new Bot(BOT_TOKEN)
const queue = new SqliteQueue({ path: process.env.UPDATES_FILE ?? "updates.db" })
const dispatcher = new Dispatcher({ bot, queue })
register(dispatcher)
dispatcher.start()

const server = serverOf({ bot, queue, apiKey: API_KEY }).listen(Number(PORT), "127.0.0.1")
await once(server, "listening")
await bot.setWebhook({ url: WEBHOOK_URL, secret_token: deriveSecretToken(bot.token) })
console.log(`Listens on port ${PORT} for ${WEBHOOK_URL}`)

const ended = new AbortController()
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => ended.abort())
await once(ended.signal, "abort")
server.close()
await dispatcher.stop({ deadlineMs: 10_000 })
await bot[Symbol.asyncDispose]()
await queue[Symbol.asyncDispose]()
