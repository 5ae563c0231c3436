// A bot whose handler of a text takes a minute, one of several processes on the same queue. It prints a line for each
// handler: the name of the process, and what it has handled.
// Environment: TELEGRAM_API_ROOT, BOT_TOKEN, DATABASE_URL, SCHEMA, NAME, and POLLS for the process that polls. Ends on SIGTERM.
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { Bot, filters, Updater } from "sounder"
import { PostgresQueue } from "sounder/postgres"

const {
  TELEGRAM_API_ROOT: apiRoot,
  BOT_TOKEN: token,
  DATABASE_URL,
  SCHEMA: schema,
  NAME,
} = process.env
const say = (what) => process.stdout.write(`${NAME} ${what}\n`)
const pool = new pg.Pool({ connectionString: DATABASE_URL })
const queue = new PostgresQueue({ pool, schema, listen: pool })
const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }), queue })
const { dispatcher } = updater

dispatcher.command("start", () => {})
dispatcher.preCheckoutQuery(() => say("checkout"))
dispatcher.inlineQuery(() => say("inline"))
dispatcher.widgetQuery(() => say("widget"))
dispatcher.stoppedMessageGeneration(() => say("stopped"))
dispatcher.on(filters.successfulPayment, () => say("paid"))
dispatcher.on(filters.text, async (ctx) => {
  const draft = { chat_id: ctx.from.id, draft_id: 5, text: "I am thinking", can_stop: true }
  await ctx.bot.sendMessageDraft(draft)
  say("began")
  try {
    await sleep(60_000, undefined, { signal: ctx.signal })
    say("ended")
  } catch {
    say(`${ctx.signal.reason.name}`)
  }
})

if (process.env.POLLS) await updater.startPolling()
else dispatcher.start()
say("ready")
process.once("SIGTERM", async () => {
  await (process.env.POLLS ? updater : dispatcher).stop({ deadlineMs: 0 })
  await queue[Symbol.asyncDispose]()
  await pool.end()
})
