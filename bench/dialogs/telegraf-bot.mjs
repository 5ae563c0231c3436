// A dialog as a wizard scene with a session, on Telegraf alone or on Sounder.
import { createServer } from "node:http"
import { join } from "node:path"
import { SqliteQueue } from "sounder/sqlite"
import { receive } from "sounder/telegraf"
import { Scenes, session, Telegraf } from "telegraf"
import {
  apiRoot,
  folder,
  mode,
  port,
  receiver,
  runOnSounder,
  secretToken,
  token,
  webhookUrl,
  work,
} from "./environment.mjs"
import { fileStore } from "./file-store.mjs"

const register = new Scenes.WizardScene(
  "register",
  async (ctx) => {
    await ctx.reply("Name?")
    return ctx.wizard.next()
  },
  async (ctx) => {
    ctx.scene.state.name = ctx.text
    await work()
    await ctx.reply("Age?")
    return ctx.wizard.next()
  },
  async (ctx) => {
    await work()
    ctx.session.dialogs = (ctx.session.dialogs ?? 0) + 1
    await ctx.reply(`${ctx.scene.state.name} is ${ctx.text} (${ctx.session.dialogs})`)
    return ctx.scene.leave()
  },
)
const bot = new Telegraf(token, { telegram: { apiRoot }, handlerTimeout: Infinity })
bot.use(session({ store: fileStore(join(folder, "sessions")) }))
bot.use(new Scenes.Stage([register]).middleware())
bot.command("register", (ctx) => ctx.scene.enter("register"))

if (receiver === "sounder") {
  const queue = new SqliteQueue({ path: join(folder, "updates.db") })
  await runOnSounder(receive(bot, { queue, botOptions: { localMode: true } }), queue)
} else if (mode === "polling") {
  await bot.launch()
} else {
  const answer = bot.webhookCallback("/hook", { secretToken })
  createServer((request, response) => void answer(request, response)).listen(port, "127.0.0.1")
  await bot.telegram.setWebhook(webhookUrl, { secret_token: secretToken })
}
