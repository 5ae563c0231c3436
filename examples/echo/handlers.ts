import { type Dispatcher, filters } from "sounder"

export function register(dispatcher: Dispatcher) {
  dispatcher.command("start", (ctx) => ctx.reply(`Hello, ${ctx.from?.first_name}!`), {
    description: "Begin",
  })
  dispatcher.command("help", (ctx) => ctx.reply("Write anything, and I repeat it."), {
    description: "What the bot does",
  })
  // Telegram copies the message itself, so photos, stickers and voice messages are repeated, too.
  dispatcher.on(filters.message, (ctx) => ctx.copy(ctx.chat.id))
}
