// A bot that runs until a signal, then prints the outcome of the updates.
// Arguments: token, API root, how long a handler takes in milliseconds.
import { setTimeout as sleep } from "node:timers/promises"
import { Bot, Updater, filters } from "sounder"

const [token, apiRoot, handlerMs] = process.argv.slice(2)
const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }) })
updater.dispatcher.on(filters.text, async (ctx) => {
  console.log(`handling ${ctx.message.text}`)
  await sleep(Number(handlerMs))
  await ctx.reply(ctx.message.text)
})
const verdict = await updater.runPolling({ deadlineMs: 5_000 })
console.log(`verdict ${JSON.stringify(verdict)}`)
