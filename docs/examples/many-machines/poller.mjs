// Polls Telegram and puts the updates into the queue. One of these processes polls, the others stand by.
import { Updater } from "sounder"
import { PostgresLock } from "sounder/postgres"
import { register } from "./handlers.mjs"
import { bot, close, pool, queue } from "./shared.mjs"

const updater = new Updater({ bot, queue, receiveOnly: true })
register(updater.dispatcher)
await updater.runPolling({ standby: new PostgresLock({ pool }) })
await close()
