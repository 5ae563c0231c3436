// A bot that leads a dialog from a file, and may kill itself in the middle of a step.
// Argument: JSON of { path, log, crash }; `crash` is a message and whether the bot dies before or after it.
import { appendFileSync } from "node:fs"
import { Bot, Dispatcher } from "sounder"
import { Conversation } from "sounder/conversation"
import { SqliteQueue } from "sounder/sqlite"

const { path, log, crash } = JSON.parse(process.argv[2])
const die = () => process.kill(process.pid, "SIGKILL")
let onOrdered
const ordered = new Promise((resolve) => (onOrdered = resolve))

const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {
  me: { id: 110, is_bot: true, first_name: "Bot", username: "dialog_bot" },
  onCall: async ({ params: { text } }) => {
    if (crash?.before === text) die()
    appendFileSync(log, `${text}\n`)
    if (crash?.after === text) die()
    if (text === "Ordered.") onOrdered()
    return true
  },
})
const queue = new SqliteQueue({ path })
const dispatcher = new Dispatcher({ bot, queue })
const order = new Conversation("order", {
  states: ["size", "address", "confirm"],
  data: () => ({ size: "", address: "" }),
  timeoutMs: 60_000,
})
order.entryPoints.command("order", (ctx) => ctx.dialog.enter("size"))
order.entering("size", (ctx) => ctx.reply("Which size?"))
order.state("size").message((ctx) => {
  ctx.dialog.data.size = ctx.message.text
  ctx.dialog.to("address")
})
order.entering("address", (ctx) => ctx.reply("Which address?"))
order.state("address").message((ctx) => {
  ctx.dialog.data.address = ctx.message.text
  ctx.dialog.to("confirm")
})
order.entering("confirm", (ctx) => {
  const { size, address } = ctx.dialog.data
  return ctx.reply(`${size} to ${address}?`)
})
order.state("confirm").message(async (ctx) => {
  await ctx.reply("Ordered.")
  ctx.dialog.end()
})
order.mount(dispatcher)
dispatcher.message((ctx) => ctx.reply(`(${ctx.message.text})`))
dispatcher.start()

const chat = { id: 7, type: "private", first_name: "Ada" }
const from = { id: 7, is_bot: false, first_name: "Ada" }
const entities = [{ type: "bot_command", offset: 0, length: 6 }]
const texts = ["/order", "42", "Main St", "yes"]
for (const [index, text] of texts.entries()) {
  const message = {
    message_id: index + 1,
    date: 1,
    chat,
    from,
    text,
    ...(index === 0 && { entities }),
  }
  // A repeat is recognized.
  await queue.put({ botId: 110, update: { update_id: index + 1, message } })
}
await ordered
await dispatcher.stop()
const dialog = await order.at(queue, { botId: 110, chatId: 7, userId: 7 }).read()
if (dialog) appendFileSync(log, `still in ${dialog.state}\n`)
await queue[Symbol.asyncDispose]()
