// A bot of grammY that reports its first update.
import { Bot } from "grammy"

const bot = new Bot(process.env.BOT_TOKEN, { client: { apiRoot: process.env.TELEGRAM_API_ROOT } })
bot.on("message:text", () => process.stdout.write("handled"))
await bot.start()
