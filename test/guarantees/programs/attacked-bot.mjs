// A bot that terminates TLS itself; prints its updates, and its memory use a few times per second.
// Arguments: token, API root, port, file with certificate and key.
import { Bot, filters, Updater } from "sounder"

const [token, apiRoot, port, pem] = process.argv.slice(2)
const logger = { debug() {}, info() {}, warn() {}, error: console.error }
const bot = new Bot(token, { apiRoot, localMode: true })
const updater = new Updater({ bot, logger })
updater.dispatcher.on(filters.text, (ctx) => console.log(`heard ${ctx.message.text}`))
const timer = setInterval(() => console.log(`MiB ${process.memoryUsage.rss() / 1_048_576}`), 200)
await updater.runWebhook({
  port: Number(port),
  key: pem,
  cert: pem,
  webhookUrl: `https://127.0.0.1:${port}/hook`,
})
clearInterval(timer)
