// A bot that records each handled update: `chat number`, one per line.
// Arguments: polling|strict|webhook, token, API root, log file, port. `strict` is polling that
// acknowledges no update early.
import { appendFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { Bot, Updater, filters } from "sounder"

const [way, token, apiRoot, log, port] = process.argv.slice(2)
const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }) })
updater.dispatcher.on(filters.text, async (ctx) => {
  await sleep(100)
  appendFileSync(log, `${ctx.chat.id} ${ctx.message.text}\n`)
})
if (way === "polling") await updater.startPolling()
else if (way === "strict") await updater.startPolling({ acknowledgeEarly: false })
else {
  const webhookUrl = `http://127.0.0.1:${port}/hook`
  await updater.startWebhook({
    listen: "127.0.0.1",
    port: Number(port),
    urlPath: "hook",
    webhookUrl,
  })
}
console.log("started")
