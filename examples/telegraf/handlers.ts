import { store } from "sounder/telegraf"
import { Scenes, session, Telegraf } from "telegraf"
import { message } from "telegraf/filters"

interface Answers {
  name?: string
}
type RegistrationContext = Scenes.WizardContext

/** Returns a bot that is written with Telegraf only, but for the store of its sessions. */
export function botOf(token: string, apiRoot = "https://api.telegram.org") {
  const options = { handlerTimeout: Infinity, telegram: { apiRoot } }
  const bot = new Telegraf<RegistrationContext>(token, options)

  // With this store, sessions and scenes are committed with the end of the update.
  bot.use(session({ store: store<Scenes.WizardSession>("session") }))
  bot.use(new Scenes.Stage<RegistrationContext>([registration()]).middleware())

  bot.command("start", (ctx) => ctx.reply("/register begins."))
  bot.command("register", (ctx) => ctx.scene.enter("registration"))
  return bot
}

function registration() {
  const scene = new Scenes.WizardScene<RegistrationContext>(
    "registration",
    async (ctx) => {
      await ctx.reply("Your name?")
      ctx.wizard.next()
    },
    async (ctx) => {
      if (!ctx.has(message("text"))) return void (await ctx.reply("A text, please."))
      const answers = ctx.wizard.state as Answers
      answers.name = ctx.message.text
      await ctx.reply("Your age?")
      ctx.wizard.next()
    },
    async (ctx) => {
      const age = ctx.has(message("text")) ? Number(ctx.message.text) : Number.NaN
      if (!Number.isInteger(age)) return void (await ctx.reply("A number, please."))
      const { name } = ctx.wizard.state as Answers
      await ctx.reply(`Welcome, ${name}, ${age}!`)
      await ctx.scene.leave()
    },
  )
  scene.command("cancel", async (ctx) => {
    await ctx.scene.leave()
    await ctx.reply("Cancelled.")
  })
  return scene
}
