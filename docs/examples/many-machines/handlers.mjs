import { filters } from "sounder"

/** What the bot does. The receivers only ask it which types of update are wanted. */
export function register(dispatcher) {
  dispatcher.command("start", (ctx) => ctx.reply("Hello!"))
  dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
}
