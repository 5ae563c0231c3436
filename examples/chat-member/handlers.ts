import { type Dispatcher, filters } from "sounder"
import { botData } from "sounder/session"

/** The chats in which the bot is a member, with their titles. */
const chats = botData({ initial: () => ({ titles: {} as Record<string, string> }) })

export function register(dispatcher: Dispatcher) {
  const bot = dispatcher.derive(chats)

  bot.on(filters.botAdded, (ctx) => {
    const { chat } = ctx.myChatMember
    ctx.botData.titles[chat.id] = chat.title ?? String(chat.id)
  })
  bot.on(filters.botRemoved, (ctx) => {
    delete ctx.botData.titles[ctx.myChatMember.chat.id]
  })

  // Telegram sends changes of other members to administrators only.
  dispatcher.on(filters.joined, async (ctx) => {
    const { from, new_chat_member } = ctx.chatMember
    const name = new_chat_member.user.first_name
    const isOwnDeed = from.id === new_chat_member.user.id
    await ctx.reply(
      isOwnDeed ? `Welcome, ${name}!` : `${from.first_name} has added ${name}. Welcome!`,
    )
  })
  dispatcher.on(filters.left, (ctx) =>
    ctx.reply(`${ctx.chatMember.new_chat_member.user.first_name} is no longer with us.`),
  )

  bot.command("chats", (ctx) => {
    const titles = Object.values(ctx.botData.titles)
    return ctx.reply(titles.length === 0 ? "I am in no group." : `I am in: ${titles.join(", ")}`)
  })
  dispatcher.command("start", (ctx) => ctx.reply("Add me to a group, and make me administrator."))
}
