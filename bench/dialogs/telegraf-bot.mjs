// A dialog as a wizard scene with a session, on Telegraf alone or on Sounder.
import { createServer } from "node:http"
import { join } from "node:path"
import { SqliteQueue } from "sounder/sqlite"
import { receive, store } from "sounder/telegraf"
import { Scenes, session, Telegraf } from "telegraf"
import { apiRoot, folder, mode, port, receiver, runOnSounder } from "./environment.mjs"
import { secretToken, token, webhookUrl, work } from "./environment.mjs"
import { fileStore } from "./file-store.mjs"
import { journalDeliveries, journaled } from "./journal.mjs"

const states = new Scenes.WizardScene(
  "states",
  async (ctx) => {
    await ctx.reply(`${ctx.scene.state.nr} Name?`)
    return ctx.wizard.next()
  },
  async (ctx) => {
    ctx.scene.state.name = ctx.text
    await work()
    await ctx.reply(`${ctx.scene.state.nr} Age?`)
    return ctx.wizard.next()
  },
  async (ctx) => {
    await work()
    const { nr, name } = ctx.scene.state
    ctx.session.dialogs = (ctx.session.dialogs ?? 0) + 1
    await ctx.reply(`${nr} Done: ${name}, ${ctx.text}, ${ctx.session.dialogs}`)
    return ctx.scene.leave()
  },
)
const bot = new Telegraf(token, { telegram: { apiRoot }, handlerTimeout: Infinity })
if (receiver === "alone") {
  bot.use((ctx, next) => journaled(ctx.chat.id, ctx.update.update_id, next))
}
const sessions =
  receiver === "sounder with storage" ? store("sessions") : fileStore(join(folder, "sessions"))
bot.use(session({ store: sessions }))
const stage = new Scenes.Stage([states])
stage.command("cancel", (ctx) => ctx.scene.leave())
stage.command("ping", (ctx) => ctx.reply(`${ctx.payload} Pong`))
stage.command("states", (ctx) => ctx.scene.enter("states", { nr: ctx.payload }))
bot.use(stage.middleware())

if (receiver !== "alone") {
  const queue = journalDeliveries(new SqliteQueue({ path: join(folder, "updates.db") }))
  await runOnSounder(receive(bot, { queue, botOptions: { localMode: true } }), queue)
} else if (mode === "polling") {
  await bot.launch()
} else {
  const answer = bot.webhookCallback("/hook", { secretToken })
  createServer((request, response) => void answer(request, response)).listen(port, "127.0.0.1")
  await bot.telegram.setWebhook(webhookUrl, { secret_token: secretToken })
}
