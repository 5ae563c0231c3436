// A bot behind a socket that it is given; prints what it hears. Ends at SIGTERM, or itself after so
// many messages.
// Arguments: token, API root, webhook URL, what to listen on, after how many messages it ends.
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
