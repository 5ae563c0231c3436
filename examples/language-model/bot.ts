import { Updater } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { register } from "./handlers.ts"

// Updates wait in this file: a crash or a deploy loses none.
const queue = new SqliteQueue({ path: process.env.UPDATES_FILE ?? "updates.db" })
const updater = new Updater({ token: process.env.BOT_TOKEN, queue })
const { MODEL_URL = "http://localhost:11434/v1", MODEL = "llama3.2", MODEL_KEY } = process.env
register(updater.dispatcher, { url: MODEL_URL, model: MODEL, key: MODEL_KEY })

await updater.dispatcher.syncCommands()
await updater.runPolling()
await queue[Symbol.asyncDispose]()
