// A bot that promises a call for each text, and may kill itself.
// Argument: JSON of { store, token, apiRoot, chat, unsure, crash }. `crash` is the moment at which the bot dies:
// "before commit", "after commit" or "between send and note". Without it, the bot ends after the text "end", and
// prints JSON of { paidAtStart, unsure }: the stored value at the start, and the rules of its `outboxUnsure` events.
import { Bot, Dispatcher } from "sounder"
import { outboxUnsure } from "sounder/events"
import { openQueue } from "../../../support/programs/open-queue.mjs"

const { store, token, apiRoot, chat, unsure, crash } = JSON.parse(process.argv[2])
const die = () => process.kill(process.pid, "SIGKILL")
const queue = await openQueue(store)
const bot = new Bot(token, { apiRoot })
const key = { botId: bot.id, space: "paid", key: "1" }
const [paid] = await queue.state.read([key])
const rules = []
outboxUnsure.subscribe(({ rule }) => rules.push(rule))

let onEnd
const ended = new Promise((resolve) => (onEnd = resolve))
bot.use(async (call, next) => {
  if (crash === "after commit") die()
  const result = await next()
  if (crash === "between send and note") die()
  if (call.params.text === "end") onEnd()
  return result
})

const dispatcher = new Dispatcher({ bot, queue })
dispatcher.message(async (ctx) => {
  ctx.state.set("paid", "1", true)
  await ctx.later("sendMessage", { text: ctx.message.text }, { unsure })
  if (crash === "before commit") die()
})
dispatcher.start()
const from = { id: chat, is_bot: false, first_name: "Ada" }
for (const [index, text] of ["promised", "end"].entries()) {
  const message = { message_id: index + 1, date: 1, chat: { ...from, type: "private" }, from, text }
  // The queue recognizes an update that it has stored before the crash.
  await queue.put({ botId: bot.id, update: { update_id: index + 1, message } })
  // Before the crash there is one update only.
  if (crash) break
}
if (crash) await new Promise((resolve) => setTimeout(resolve, 60_000))
await ended
await dispatcher.stop()
console.log(JSON.stringify({ paidAtStart: paid !== undefined, unsure: rules }))
await queue[Symbol.asyncDispose]()
process.exit()
