// A bot that answers with the texts of a language model, and remembers the dialogue in a session.
// Argument: JSON of { store, token, apiRoot, model, crash }. `model` is the URL of the model, which answers a POST of the
// dialogue with a stream of text. `crash` is the moment at which the bot dies by itself: "between send and note" or
// "after the answer". Prints "ready" when the bot polls.
import { Bot, filters, Updater } from "sounder"
import { session } from "sounder/session"
import { SqliteQueue } from "sounder/sqlite"
import { streaming } from "sounder/stream"

const { store, token, apiRoot, model, crash } = JSON.parse(process.argv[2])
const die = () => process.kill(process.pid, "SIGKILL")
const bot = new Bot(token, { apiRoot })
bot.use(async (call, next) => {
  const result = await next()
  if (crash === "between send and note" && call.method === "sendMessage") die()
  return result
})
const updater = new Updater({ bot, queue: new SqliteQueue({ path: store }) })
const dialogue = session("dialogue", { initial: () => ({ turns: [] }) })
const app = streaming(updater.dispatcher, { paceMs: 20 }).derive(dialogue)

app.on(filters.text, async (ctx) => {
  ctx.dialogue.turns.push({ role: "user", text: ctx.message.text })
  const { turns } = ctx.dialogue
  const answer = await ctx.stream((signal) => ask({ turns, signal }))
  ctx.dialogue.turns.push({ role: "model", text: answer.text })
  if (crash === "after the answer") die()
})

await updater.startPolling()
console.log("ready")

async function* ask({ turns, signal }) {
  const response = await fetch(model, { method: "POST", body: JSON.stringify(turns), signal })
  yield* response.body.pipeThrough(new TextDecoderStream())
}
