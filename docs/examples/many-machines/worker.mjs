// Handles the updates in the queue. Any number of these can run, on any machine that reaches the database.
import { Updater } from "sounder"
import { register } from "./handlers.mjs"
import { bot, close, queue } from "./shared.mjs"

const updater = new Updater({ bot, queue, concurrency: 64 })
register(updater.dispatcher)
const verdict = await updater.runWorker({ deadlineMs: 25_000 })
console.log(
  `At the stop: ${verdict.handled.length} finished, ${verdict.handedBack.length} handed back`,
)
await close()
