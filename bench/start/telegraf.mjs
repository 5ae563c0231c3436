// A bot of Telegraf that reports its first update.
import { Telegraf } from "telegraf"

const bot = new Telegraf(process.env.BOT_TOKEN, {
  telegram: { apiRoot: process.env.TELEGRAM_API_ROOT },
})
bot.on("text", () => process.stdout.write("handled"))
await bot.launch()
