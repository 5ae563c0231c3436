// A bot as in the README: it is not awaited. Argument: the way in which its end is observed.
import { Updater, filters } from "sounder"

const [watching] = process.argv.slice(2)
const updater = new Updater({ token: process.env.BOT_TOKEN })
updater.dispatcher.on(filters.text, (ctx) => ctx.reply(ctx.message.text))
if (watching === "run") await updater.runPolling()
else await updater.startPolling()
if (watching === "ended") updater.ended.catch(() => console.log("its own way"))
