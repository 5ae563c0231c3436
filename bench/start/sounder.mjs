// A bot of Sounder that ends with its first update.
import { filters, Updater } from "sounder"

const updater = new Updater({ token: process.env.BOT_TOKEN })
updater.dispatcher.on(filters.text, () => process.exit())
await updater.startPolling()
