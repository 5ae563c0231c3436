// A bot of Telegraf that ends with its first update.
import { Telegraf } from "telegraf"

const bot = new Telegraf(process.env.BOT_TOKEN, {
  telegram: { apiRoot: process.env.TELEGRAM_API_ROOT },
})
bot.on("text", () => process.exit())
await bot.launch()
