// A bot of Sounder that reports its first update.
import { filters, Updater } from "sounder"

const updater = new Updater({ token: process.env.BOT_TOKEN })
updater.dispatcher.on(filters.text, () => process.stdout.write("handled"))
await updater.startPolling()
