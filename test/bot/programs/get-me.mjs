// Calls getMe at TELEGRAM_API_ROOT, through BOT_PROXY or the environment's proxy, and prints the
// outcome.
import { Bot } from "../../../dist/index.js"

const proxy = process.env["BOT_PROXY"]
const bot = new Bot("123456:AAF-kJ3_abcdefghijklmnopqrstuvwxyz1", proxy ? { proxy } : {})
try {
  console.log(JSON.stringify(await bot.getMe()))
} catch (error) {
  console.log(error.message)
}
