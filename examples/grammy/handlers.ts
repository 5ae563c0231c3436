import {
  type Conversation,
  type ConversationFlavor,
  conversations,
  createConversation,
} from "@grammyjs/conversations"
import { Bot, type Context, InlineKeyboard, session, type SessionFlavor } from "grammy"
import { storage } from "sounder/grammy"

interface Orders {
  orders: string[]
}
type OrderContext = ConversationFlavor<Context & SessionFlavor<Orders>>

/** Returns a bot that is written with grammY only, but for the storages of its plugins. */
export function botOf(token: string, apiRoot = "https://api.telegram.org"): Bot<OrderContext> {
  const bot = new Bot<OrderContext>(token, { client: { apiRoot } })

  // With these storages, sessions and conversations are committed with the end of the update.
  bot.use(session({ initial: (): Orders => ({ orders: [] }), storage: storage("session") }))
  bot.use(
    conversations({ storage: { type: "key", version: 1, adapter: storage("conversations") } }),
  )
  bot.use(createConversation(order))

  bot.command("start", (ctx) => ctx.reply("/order a pizza, or see /mine."))
  bot.command("order", (ctx) => ctx.conversation.enter("order"))
  bot.command("mine", (ctx) => ctx.reply(ctx.session.orders.join(", ") || "Nothing yet."))
  return bot
}

async function order(conversation: Conversation<OrderContext>, ctx: Context) {
  await ctx.reply("Which pizza?")
  const pizza = await conversation.form.text()
  const buttons = new InlineKeyboard().text("Yes", "yes").text("No", "no")
  await ctx.reply(`One ${pizza}: right?`, { reply_markup: buttons })
  const press = await conversation.waitForCallbackQuery(["yes", "no"])
  await press.answerCallbackQuery()
  if (press.match === "no") return ctx.reply("Then not.")
  await conversation.external((outer) => outer.session.orders.push(pizza))
  await ctx.reply("Ordered!")
}
