// A dialog with @grammyjs/conversations, a menu and a session, on grammY alone or on Sounder.
import { createServer } from "node:http"
import { join } from "node:path"
import { conversations, createConversation } from "@grammyjs/conversations"
import { Menu } from "@grammyjs/menu"
import { Bot, session, webhookCallback } from "grammy"
import { SqliteQueue } from "sounder/sqlite"
import { receive, storage } from "sounder/grammy"
import { apiRoot, folder, mode, port, receiver, runOnSounder } from "./environment.mjs"
import { secretToken, token, webhookUrl, work } from "./environment.mjs"
import { fileStore } from "./file-store.mjs"
import { journalDeliveries, journaled } from "./journal.mjs"

const keep = (name) =>
  receiver === "sounder with storage" ? storage(name) : fileStore(join(folder, name))
const bot = new Bot(token, { client: { apiRoot } })
if (receiver === "alone") {
  bot.use((ctx, next) => journaled(ctx.chat.id, ctx.update.update_id, next))
}
bot.use(
  session({
    initial: () => ({ dialogs: 0 }),
    storage: keep("sessions"),
  }),
)
bot.use(
  conversations({
    storage: { type: "key", version: 1, adapter: keep("dialogs") },
  }),
)
const colors = new Menu("colors").text("Red", async (ctx) => {
  await work()
  ctx.session.dialogs += 1
  await ctx.reply(`${ctx.msg.text.split(" ")[0]} Done: Red, ${ctx.session.dialogs}`)
})
bot.use(colors)
bot.command("menu", (ctx) => ctx.reply(`${ctx.match} Color?`, { reply_markup: colors }))
bot.command("cancel", (ctx) => ctx.conversation.exitAll())
bot.command("ping", (ctx) => ctx.reply(`${ctx.match} Pong`))
bot.use(
  createConversation(async (talk, ctx, nr) => {
    await ctx.reply(`${nr} Name?`)
    const name = await talk.waitFor("message:text")
    await talk.external(work)
    await name.reply(`${nr} Age?`)
    const age = await talk.waitFor("message:text")
    await talk.external(work)
    const dialogs = await talk.external((outside) => (outside.session.dialogs += 1))
    await age.reply(`${nr} Done: ${name.message.text}, ${age.message.text}, ${dialogs}`)
  }, "script"),
)
bot.command("script", (ctx) => ctx.conversation.enter("script", ctx.match))

if (receiver !== "alone") {
  const queue = journalDeliveries(new SqliteQueue({ path: join(folder, "updates.db") }))
  await runOnSounder(receive(bot, { queue, botOptions: { localMode: true } }), queue)
} else if (mode === "polling") {
  await bot.start()
} else {
  const answer = webhookCallback(bot, "http", { secretToken })
  createServer((request, response) => void answer(request, response)).listen(port, "127.0.0.1")
  await bot.api.setWebhook(webhookUrl, { secret_token: secretToken })
}
