import { Updater } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { register } from "./handlers.ts"

// Updates wait in this file: a crash or a deploy loses none.
const queue = new SqliteQueue({ path: process.env.UPDATES_FILE ?? "updates.db" })
const updater = new Updater({ token: process.env.BOT_TOKEN, queue })
register(updater.dispatcher)

await updater.dispatcher.syncCommands()
await updater.runPolling()
await queue[Symbol.asyncDispose]()
