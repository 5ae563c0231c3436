// @ts-check
import { filters } from "sounder"

/**
 * Registers the demo's handlers, which greet, count presses of a button, and echo texts.
 *
 * @param {import("sounder").Dispatcher} dispatcher
 */
export function handlers(dispatcher) {
  dispatcher.command("start", (ctx) =>
    ctx.reply(`Hello, ${ctx.from?.first_name}! Write me something, or send /count.`),
  )
  dispatcher.command("count", (ctx) => ctx.reply("Pressed 0 times", { reply_markup: button(0) }))
  dispatcher.callbackQuery(/^count:(\d+)$/, async (ctx) => {
    const count = Number(ctx.match[1]) + 1
    await ctx.edit(`Pressed ${count} ${count === 1 ? "time" : "times"}`, {
      reply_markup: button(count),
    })
    await ctx.answer(`That makes ${count}`)
  })
  dispatcher.on(filters.text, (ctx) => ctx.reply(`You said: ${ctx.message.text}`))
}

/** @param {number} count */
function button(count) {
  return { inline_keyboard: [[{ text: "Press me", callback_data: `count:${count}` }]] }
}
