import type { Dispatcher } from "sounder"
import { deepLink, startParameter } from "sounder/deep-link"
import { inlineKeyboard } from "sounder/keyboard"

const invitation = startParameter("invite", { by: "int" })
const help = startParameter("help", {})

export function register(dispatcher: Dispatcher) {
  // A link `https://t.me/<bot>?start=…` opens the bot; Telegram then sends `/start …`.
  invitation.handle(dispatcher, (ctx) => ctx.reply(`Welcome! User ${ctx.data.by} has invited you.`))
  help.handle(dispatcher, (ctx) => ctx.reply("Invite your friends with /invite."))

  dispatcher.command("start", async (ctx) => {
    const link = deepLink(await ctx.bot.init(), { start: help() })
    await ctx.reply("Welcome! /invite makes a link for your friends.", {
      reply_markup: inlineKeyboard().url("Help", link),
    })
  })
  dispatcher.command("invite", async (ctx) => {
    const me = await ctx.bot.init()
    await ctx.reply(deepLink(me, { start: invitation({ by: ctx.from.id }) }))
  })
  dispatcher.command("group", async (ctx) => {
    await ctx.reply(deepLink(await ctx.bot.init(), { startgroup: "hello" }))
  })
}
