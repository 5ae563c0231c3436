// Receives updates by webhook and puts them into the queue. Any number of these can run behind a load balancer.
import { Updater } from "sounder"
import { register } from "./handlers.mjs"
import { bot, close, queue } from "./shared.mjs"

const { PORT = "8080", WEBHOOK_URL } = process.env
const updater = new Updater({ bot, queue, receiveOnly: true })
register(updater.dispatcher)
await updater.runWebhook({
  listen: "0.0.0.0",
  port: Number(PORT),
  urlPath: "hook",
  webhookUrl: WEBHOOK_URL,
})
await close()
