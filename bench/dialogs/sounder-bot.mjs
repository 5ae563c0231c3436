// Dialogs by states and as scripts, with a session, reminders, time-outs and promised calls, on Sounder alone:
// with a queue in a file, or in PostgreSQL.
import { join } from "node:path"
import pg from "pg"
import { Bot, filters, Updater } from "sounder"
import { Conversation, ScriptedConversation, WaitTimeout } from "sounder/conversation"
import { job } from "sounder/jobs"
import { menu } from "sounder/menu"
import { session } from "sounder/session"
import { PostgresLock, PostgresQueue } from "sounder/postgres"
import { SqliteQueue } from "sounder/sqlite"
import { apiRoot, databaseUrl, folder, reminderMs, runOnSounder } from "./environment.mjs"
import { timeoutMs, token, work } from "./environment.mjs"
import { journalDeliveries } from "./journal.mjs"

const pool = databaseUrl && new pg.Pool({ connectionString: databaseUrl })
const queue = journalDeliveries(
  pool
    ? new PostgresQueue({ pool, listen: pool, migrate: true, leaseMs: 5_000 })
    : new SqliteQueue({ path: join(folder, "updates.db") }),
)
const updater = new Updater({ bot: new Bot(token, { apiRoot, localMode: true }), queue })
const { dispatcher } = updater
const person = session("person", { initial: () => ({ dialogs: 0 }) })
const answer = filters.and(filters.text, filters.not(filters.command))

const remind = job("remind")
remind.handle(dispatcher, (ctx) => ctx.reply(`${ctx.data.nr} Reminder`))

const states = new Conversation("states", {
  states: ["name", "age"],
  data: () => ({ nr: "", name: "" }),
})
states.entryPoints.command("states", (ctx) => ctx.dialog.enter("name", { nr: ctx.argument }))
states.entering("name", (ctx) => ctx.reply(`${ctx.dialog.data.nr} Name?`))
states.state("name").on(answer, async (ctx) => {
  await work()
  ctx.dialog.data.name = ctx.message.text
  ctx.dialog.to("age")
})
states.entering("age", (ctx) => ctx.reply(`${ctx.dialog.data.nr} Age?`))
states
  .state("age")
  .derive(person)
  .on(answer, async (ctx) => {
    await work()
    const { nr, name } = ctx.dialog.data
    await end(ctx, nr, `${name}, ${ctx.message.text}`)
    ctx.dialog.end()
  })

const script = new ScriptedConversation(
  "script",
  async (talk, ctx) => {
    const { nr } = talk.data
    const name = await talk.ask(`${nr} Name?`)
    await talk.step("name", work)
    const age = await talk.ask(`${nr} Age?`)
    await talk.step("age", work)
    await end(ctx, nr, `${name}, ${age}`)
  },
  { data: () => ({ nr: "" }), sessions: [person] },
)
script.entryPoints.command("script", (ctx) => ctx.dialog.enter({ nr: ctx.argument }))

/** Ends a dialog with its last message, a promised receipt and a reminder. */
async function end(ctx, nr, data) {
  ctx.person.dialogs += 1
  await remind.runOnce(ctx, { inMs: reminderMs, data: { nr } })
  await ctx.reply(`${nr} Done: ${data}, ${ctx.person.dialogs}`)
  await ctx.later("sendMessage", { text: `${nr} Receipt` })
}

const colors = menu("colors", { nr: "text" }, (drawing, { nr }) => {
  drawing.title(`${nr} Color?`)
  drawing.text("Red", "red", async (ctx) => {
    await work()
    await end(ctx, nr, "Red")
  })
})
const withPerson = dispatcher.derive(person)
withPerson.use(colors)
withPerson.command("menu", (ctx) => colors.send(ctx, { nr: ctx.argument }))

const hurry = new Conversation("hurry", {
  states: ["answer"],
  data: () => ({ nr: "" }),
  timeoutMs,
})
hurry.entryPoints.command("hurry", (ctx) => ctx.dialog.enter("answer", { nr: ctx.argument }))
hurry.entering("answer", (ctx) => ctx.reply(`${ctx.dialog.data.nr} Quick?`))
hurry.timeout((ctx) => ctx.reply(`${ctx.dialog.data.nr} Late`))

const scriptedHurry = new ScriptedConversation(
  "scripted-hurry",
  async (talk, ctx) => {
    try {
      await talk.ask(`${talk.data.nr} Quick?`, { timeoutMs })
    } catch (error) {
      if (!(error instanceof WaitTimeout)) throw error
      await ctx.reply(`${talk.data.nr} Late`)
    }
  },
  { data: () => ({ nr: "" }) },
)
scriptedHurry.entryPoints.command("scripted_hurry", (ctx) => ctx.dialog.enter({ nr: ctx.argument }))

// Promised, so that the answer comes after all calls that earlier updates have promised.
const pong = (ctx) => ctx.later("sendMessage", { text: `${ctx.argument} Pong` })

for (const conversation of [states, script, hurry, scriptedHurry]) {
  conversation.fallbacks.command("cancel", (ctx) => ctx.dialog.end())
  // Otherwise a script takes the command for a wrong answer, and repeats its question.
  conversation.fallbacks.command("ping", pong)
  conversation.mount(dispatcher)
}
dispatcher.command("ping", pong)

await runOnSounder(updater, queue, pool && new PostgresLock({ pool }))
