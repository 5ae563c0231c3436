// A bot that sends the broadcast `news`, until it is killed or gets SIGTERM.
// Argument: JSON of { store, token, apiRoot, text }. It prints a line when it is ready.
import { Bot, Dispatcher } from "sounder"
import { broadcast } from "sounder/broadcast"
import { openQueue } from "../../support/programs/open-queue.mjs"

const { store, token, apiRoot, text } = JSON.parse(process.argv[2])
const queue = await openQueue(store, { leaseMs: 5_000 })
const bot = new Bot(token, { apiRoot, bulk: { perSecond: 25 } })
const dispatcher = new Dispatcher({ bot, queue })
const news = broadcast("news")
news.handle(dispatcher, () => ({ method: "sendMessage", params: { text } }))
dispatcher.start()
// A queue alone does not keep a process alive.
const alive = setInterval(() => {}, 60_000)
process.once("SIGTERM", async () => {
  clearInterval(alive)
  await dispatcher.stop()
  await queue[Symbol.asyncDispose]()
  process.exit()
})
console.log("ready")
