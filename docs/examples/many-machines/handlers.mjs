import { filters } from "sounder"

/** Registers the bot's handlers. Receivers call this, too, because the handlers determine the update types. */
export function register(dispatcher) {
  dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
  dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
}
