// A bot with scenes of Telegraf. Environment: BOT_TOKEN, TELEGRAM_API_ROOT.
import { Markup, Scenes, session, Telegraf } from "telegraf"
import { message } from "telegraf/filters"

const { BOT_TOKEN, TELEGRAM_API_ROOT } = process.env
const bot = new Telegraf(BOT_TOKEN, { telegram: { apiRoot: TELEGRAM_API_ROOT } })

const order = new Scenes.WizardScene(
  "order",
  async (ctx) => {
    await ctx.reply("What would you like?", Markup.keyboard([["Tea"], ["Coffee"]]).oneTime())
    return ctx.wizard.next()
  },
  async (ctx) => {
    ctx.wizard.state.drink = ctx.message.text
    await ctx.reply("How many?", Markup.removeKeyboard())
    return ctx.wizard.next()
  },
  async (ctx) => {
    await ctx.reply(`${ctx.message.text} × ${ctx.wizard.state.drink}`)
    return ctx.scene.leave()
  },
)

const quiz = new Scenes.BaseScene("quiz")
quiz.enter((ctx) =>
  ctx.replyWithQuiz("2 + 2?", ["3", "4"], { correct_option_id: 1, is_anonymous: false }),
)
quiz.command("leave", (ctx) => ctx.scene.leave())
quiz.leave((ctx) => ctx.reply("You have left the quiz"))
quiz.on(message("text"), (ctx) => ctx.reply("Vote, or /leave"))

bot.use(session(), new Scenes.Stage([order, quiz]).middleware())
bot.command("order", (ctx) => ctx.scene.enter("order"))
bot.command("quiz", (ctx) => ctx.scene.enter("quiz"))
bot.on("poll_answer", (ctx) => ctx.telegram.sendMessage(ctx.pollAnswer.user.id, "Answered"))
bot.on(message("text"), (ctx) => ctx.reply("Outside"))

process.once("SIGTERM", () => bot.stop("SIGTERM"))
await bot.launch()
