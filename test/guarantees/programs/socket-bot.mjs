// A bot behind an inherited socket, which prints each text. Ends at SIGTERM, or by itself after a number of
// messages.
// Arguments: token, API root, webhook URL, the `listen` option, the number of messages.
import { Bot, filters, Updater } from "sounder"

const [token, apiRoot, webhookUrl, listen, most] = process.argv.slice(2)
const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }) })
let heard = 0
updater.dispatcher.on(filters.text, (ctx) => {
  console.log(`heard ${ctx.message.text}`)
  heard += 1
  if (heard === Number(most)) process.kill(process.pid, "SIGTERM")
})
await updater.runWebhook({ listen, webhookUrl })
