import type { Dispatcher } from "sounder"
import { broadcast } from "sounder/broadcast"
import { botData } from "sounder/session"

/** The chats that get the news. */
const readers = botData({ initial: () => ({ chats: [] as number[] }) })
const news = broadcast<{ text: string }>("news")

/**
 * @param editor the user who may send news
 */
export function register(dispatcher: Dispatcher, editor: number) {
  const bot = dispatcher.derive(readers)

  // Telegram recognizes commands and links, but no other formats, in this text.
  news.handle(dispatcher, ({ data }) => ({ method: "sendMessage", params: { text: data.text } }))

  bot.command("start", (ctx) => {
    if (!ctx.botData.chats.includes(ctx.chat.id)) ctx.botData.chats.push(ctx.chat.id)
    return ctx.reply("You will get the news. /stop ends that.")
  })
  bot.command("stop", (ctx) => {
    ctx.botData.chats = ctx.botData.chats.filter((id) => id !== ctx.chat.id)
    return ctx.reply("You will get no more news.")
  })

  bot.command("news", async (ctx) => {
    if (ctx.from?.id !== editor) return ctx.reply("Only the editor may do that.")
    if (ctx.argument === "") return ctx.reply("Write the news behind the command.")
    const run = await news.start(ctx, { to: ctx.botData.chats, data: { text: ctx.argument } })
    await ctx.reply(`Started: /progress ${run.id}`)
  })

  bot.command("progress", async (ctx) => {
    if (ctx.from?.id !== editor) return
    const run = news.run(ctx, ctx.argument)
    const progress = await run.progress()
    if (!progress) return ctx.reply("There is no such broadcast.")
    // Chats that have blocked the bot get no further news.
    for await (const { chatId, outcome } of run.report()) {
      if (outcome === "blocked") ctx.botData.chats = ctx.botData.chats.filter((id) => id !== chatId)
    }
    const { status, sent, total, blocked } = progress
    await ctx.reply(`${status}: ${sent} of ${total} sent, ${blocked} blocked`)
  })
}
