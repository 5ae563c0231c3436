import type { Dispatcher } from "sounder"
import { bold, code, fmt, italic } from "sounder/text"

const forms = [
  { id: "caps", title: "Capitals", format: (text: string) => fmt`${text.toUpperCase()}` },
  { id: "bold", title: "Bold", format: bold },
  { id: "italic", title: "Italic", format: italic },
  { id: "code", title: "Code", format: code },
]

export function register(dispatcher: Dispatcher) {
  dispatcher.command("start", async (ctx) => {
    const { username } = await ctx.bot.init()
    await ctx.reply(`Write @${username} and a text, in any chat.`)
  })
  dispatcher.inlineQuery(async (ctx) => {
    const { query } = ctx.inlineQuery
    if (query === "") return ctx.answer([])
    await ctx.answer(
      forms.map(({ id, title, format }) => {
        const { text, entities } = format(query)
        return {
          type: "article",
          id,
          title,
          input_message_content: { message_text: text, entities },
        }
      }),
    )
  })
}
