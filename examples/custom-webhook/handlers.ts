import { type Dispatcher, filters } from "sounder"
import { job } from "sounder/jobs"

/** Something that happened in another system: a payment, a new release, a finished build. */
export const report = job<{ text: string }>("report")

export function register(dispatcher: Dispatcher) {
  report.handle(dispatcher, (ctx) => ctx.reply(`Report: ${ctx.data.text}`))
  dispatcher.command("start", (ctx) =>
    ctx.reply(`POST to /reports with {"chat": ${ctx.chat.id}, "text": "…"}, and I tell you.`),
  )
  dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
}
