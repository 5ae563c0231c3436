// A bot that answers with the texts of a language model, gathers long questions, and remembers the dialogue in a session.
// Argument: JSON of { store, token, apiRoot, model, crash }. `store` is the path of a file, or the URL of a database that
// several processes share. `model` is the URL of the model, which answers a POST of the dialogue with a stream of text.
// `crash` is the moment at which the bot dies by itself: "between send and note" or "after the answer". Prints "ready"
// when the bot polls, or stands by.
import { Bot, filters, Updater } from "sounder"
import { pastes } from "sounder/gathering"
import { session } from "sounder/session"
import { streaming } from "sounder/stream"
import { openLock, openQueue } from "../../support/programs/open-queue.mjs"

const { store, token, apiRoot, model, crash } = JSON.parse(process.argv[2])
const die = () => process.kill(process.pid, "SIGKILL")
const bot = new Bot(token, { apiRoot })
bot.use(async (call, next) => {
  const result = await next()
  if (crash === "between send and note" && call.method === "sendMessage") die()
  return result
})
const updater = new Updater({ bot, queue: await openQueue(store, { leaseMs: 5_000 }) })
const dialogue = session("dialogue", { initial: () => ({ turns: [] }) })
const app = streaming(updater.dispatcher, { paceMs: 20 }).derive(dialogue)

// Long enough for a machine that stands still between two parts.
pastes({ quietMs: 3_000 }).handle(app, (ctx) => answer(ctx, ctx.text.text))
app.on(filters.text, (ctx) => answer(ctx, ctx.message.text))

async function answer(ctx, text) {
  ctx.dialogue.turns.push({ role: "user", text })
  const { turns } = ctx.dialogue
  const { text: answered } = await ctx.stream((signal) => ask({ turns, signal }))
  ctx.dialogue.turns.push({ role: "model", text: answered })
  if (crash === "after the answer") die()
}

const standby = await openLock(store)
const polling = updater.startPolling(standby && { standby })
if (!standby) await polling
console.log("ready")

async function* ask({ turns, signal }) {
  const response = await fetch(model, { method: "POST", body: JSON.stringify(turns), signal })
  yield* response.body.pipeThrough(new TextDecoderStream())
}
