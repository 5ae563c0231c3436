import type { Dispatcher } from "sounder"
import { bold, fmt, pre } from "sounder/text"

/**
 * @param developer the chat that gets a report of each error
 */
export function register(dispatcher: Dispatcher, developer: number) {
  dispatcher.command("start", (ctx) =>
    ctx.reply("/bad fails. You will get an apology, I a report."),
  )
  dispatcher.command("bad", () => {
    throw new Error("The handler of /bad has failed")
  })

  dispatcher.catch(async (error, ctx) => {
    console.error(error)
    const { update_id, ...content } = ctx.update
    await ctx.bot.sendMessage({
      chat_id: developer,
      ...fmt`${bold(error.message)}
Update ${update_id}, attempt ${ctx.attempt}:
${pre(JSON.stringify(content, null, 2).slice(0, 3000), "json")}`,
    })
    if (ctx.chat) await ctx.reply("Sorry, that failed. The developer knows it now.")
  })
}
