// A bot of two versions: the first one leads people into the middle of a dialog, the second one goes on.
// Argument: JSON of { path, log, change, version, updates }. `change` is the kind of the change between the versions.
import { appendFileSync } from "node:fs"
import { Bot, Dispatcher, filters } from "sounder"
import { Conversation, ScriptedConversation } from "sounder/conversation"
import { SqliteQueue } from "sounder/sqlite"

const { path, log, change, version, updates } = JSON.parse(process.argv[2])
const isNew = version === 2

const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {
  me: { id: 110, is_bot: true, first_name: "Bot", username: "dialog_bot" },
  onCall: async ({ params: { chat_id: chat, text } }) => {
    appendFileSync(log, `${JSON.stringify([chat, text])}\n`)
    return { message_id: 1 }
  },
})
const queue = new SqliteQueue({ path })
const dispatcher = new Dispatcher({
  bot,
  queue,
  logger: { debug() {}, info() {}, warn() {}, error },
})
function error(message) {
  appendFileSync(log, `${JSON.stringify(["error", message.includes("Unhandleable")])}\n`)
}

/** States: the size, the address, the end. */
function byStates(onUnknownState) {
  const address = change === "state renamed" && isNew ? "place" : "address"
  const states = ["size", address].filter(
    (state) => !(change === "state removed" && isNew && state === address),
  )
  if (change === "state added" && isNew) states.push("confirm")
  const order = new Conversation("order", { states, onUnknownState })
  order.entryPoints.command("order", (ctx) => ctx.dialog.enter("size"))
  order.entering("size", (ctx) => ctx.reply("Which size?"))
  order
    .state("size")
    .on(filters.text, (ctx) => (states.includes(address) ? ctx.dialog.to(address) : end(ctx)))
  if (states.includes(address)) {
    order.entering(address, (ctx) => ctx.reply("Which address?"))
    order
      .state(address)
      .on(filters.text, (ctx) => (states.includes("confirm") ? ctx.dialog.to("confirm") : end(ctx)))
  }
  if (states.includes("confirm")) {
    order.entering("confirm", (ctx) => ctx.reply("Right?"))
    order.state("confirm").on(filters.text, (ctx) => end(ctx))
  }
  const end = (ctx) => {
    ctx.dialog.end()
    return ctx.reply("Ordered.")
  }
  order.mount(dispatcher)
  return order
}

/** A script with the same questions. */
function byScript(onChanged) {
  const is = (kind) => isNew && change === kind
  const order = new ScriptedConversation(
    "order",
    async (talk, ctx) => {
      if (is("script before the wait")) await ctx.reply("Welcome!")
      await talk.ask("Which size?")
      await ctx.reply("Which address?")
      if (is("script at the wait")) {
        await talk.waitFor(filters.regex(/\d/), {
          otherwise: (c) => c.reply("With a number, please."),
        })
      } else await talk.waitFor(filters.text)
      if (is("script behind the wait")) await talk.ask("Right?")
      await ctx.reply("Ordered.")
    },
    { onChanged },
  )
  order.entryPoints.command("order", (ctx) => ctx.dialog.enter())
  order.mount(dispatcher)
  return order
}

const { reaction } = JSON.parse(process.argv[2])
const order = change.startsWith("state") ? byStates(reaction) : byScript(reaction)
dispatcher.message((ctx) => ctx.reply(`(${ctx.message.text})`))
dispatcher.start()

for (const [id, chatId, text] of updates) {
  const person = { id: chatId, first_name: "Ada" }
  const entities = text.startsWith("/")
    ? [{ type: "bot_command", offset: 0, length: text.length }]
    : undefined
  const chat = { ...person, type: "private" }
  const message = {
    message_id: id,
    date: 1,
    chat,
    from: { ...person, is_bot: false },
    text,
    entities,
  }
  await queue.put({ botId: 110, update: { update_id: id, message } })
}
// The first version is killed when the middle of the dialog is stored.
const dialog = order.at(queue, { botId: 110, chatId: 1, userId: 1 })
const isInTheMiddle = ({ state, answers } = {}) => state === "address" || answers === 1
const untilInTheMiddle = async () => {
  while (!isInTheMiddle(await dialog.read()))
    await new Promise((resolve) => setTimeout(resolve, 10))
}
if (!isNew) await untilInTheMiddle()
process.send("put")
process.on("disconnect", async () => {
  await dispatcher.stop()
  await queue[Symbol.asyncDispose]()
})
