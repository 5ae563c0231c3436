import { SqliteQueue } from "sounder/sqlite"
import { receive } from "sounder/telegraf"
import { botOf } from "./handlers.ts"

const { BOT_TOKEN = "", TELEGRAM_API_ROOT, UPDATES_FILE = "updates.db" } = process.env
const bot = botOf(BOT_TOKEN, TELEGRAM_API_ROOT)
await bot.telegram.setMyCommands([{ command: "register", description: "Tell your name and age" }])

// The one line that puts Sounder under the bot, in place of `bot.launch()`.
const queue = new SqliteQueue({ path: UPDATES_FILE })
await receive(bot, { queue }).runPolling()
await queue[Symbol.asyncDispose]()
