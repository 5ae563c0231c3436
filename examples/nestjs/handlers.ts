import { type Dispatcher, filters } from "sounder"
import type { CounterService } from "./counter.service.ts"

export function register(dispatcher: Dispatcher, counter: CounterService) {
  dispatcher.command("start", (ctx) => ctx.reply(`Hello! You are number ${counter.next()}.`))
  dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
}
