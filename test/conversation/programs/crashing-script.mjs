// A bot that leads a dialog by a script, and may kill itself in the middle of a segment.
// Argument: JSON of { path, log, crash }; `crash` is a message or a step, and whether the bot dies before or after.
import { appendFileSync } from "node:fs"
import { Bot, Dispatcher, filters } from "sounder"
import { ScriptedConversation } from "sounder/conversation"
import { SqliteQueue } from "sounder/sqlite"

const { path, log, crash } = JSON.parse(process.argv[2])
const die = () => process.kill(process.pid, "SIGKILL")
let onEnd
const ended = new Promise((resolve) => (onEnd = resolve))

/** Notes a message or a step, and dies before or after. */
function note(text) {
  if (crash?.before === text) die()
  appendFileSync(log, `${text}\n`)
  if (crash?.after === text) die()
}

const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {
  me: { id: 110, is_bot: true, first_name: "Bot", username: "dialog_bot" },
  onCall: async ({ params: { text } }) => {
    note(text)
    if (text === "Ordered.") onEnd()
    return true
  },
})
const queue = new SqliteQueue({ path })
const dispatcher = new Dispatcher({ bot, queue })
const order = new ScriptedConversation(
  "order",
  async (talk, ctx) => {
    const size = await talk.ask("Which size?")
    const address = await talk.ask("Which address?")
    await talk.step("charge", () => note("charged"))
    await ctx.reply(`${size} to ${address}?`)
    await talk.waitFor(filters.text)
    await ctx.reply("Ordered.")
  },
  { timeoutMs: 60_000 },
)
order.entryPoints.command("order", (ctx) => ctx.dialog.enter())
order.mount(dispatcher)
dispatcher.message((ctx) => ctx.reply(`(${ctx.message.text})`))
dispatcher.start()

const chat = { id: 7, type: "private", first_name: "Ada" }
const from = { id: 7, is_bot: false, first_name: "Ada" }
const entities = [{ type: "bot_command", offset: 0, length: 6 }]
for (const [index, text] of ["/order", "42", "Main St", "yes"].entries()) {
  const command = index === 0 ? { entities } : {}
  const message = { message_id: index + 1, date: 1, chat, from, text, ...command }
  // A repeat is recognized.
  await queue.put({ botId: 110, update: { update_id: index + 1, message } })
}
await ended
await dispatcher.stop()
const dialog = await order.at(queue, { botId: 110, chatId: 7, userId: 7 }).read()
if (dialog) appendFileSync(log, "still open\n")
await queue[Symbol.asyncDispose]()
