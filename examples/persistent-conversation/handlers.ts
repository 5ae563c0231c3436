import { type Dispatcher, filters } from "sounder"
import { Conversation } from "sounder/conversation"
import { keyboard, removeKeyboard } from "sounder/keyboard"
import { userData } from "sounder/session"

const topics = ["Age", "Favourite colour", "Siblings"]

/** The facts that a person has told, also in earlier dialogs and before a restart of the bot. */
const facts = userData({ initial: () => ({ facts: {} as Record<string, string> }) })

const interview = new Conversation("interview", {
  states: ["choice", "answer"],
  data: () => ({ topic: "" }),
})

interview.entryPoints.derive(facts).command(
  "start",
  async (ctx) => {
    const known = listOf(ctx.userData.facts)
    await ctx.reply(known === "" ? "Hi! I know nothing about you." : `Welcome back!\n${known}`)
    ctx.dialog.enter("choice")
  },
  { description: "Tell the bot about yourself" },
)

interview.entering("choice", (ctx) =>
  ctx.reply("What will you tell me?", { reply_markup: choices() }),
)
interview.state("choice").hears(topics, (ctx) => {
  ctx.dialog.data.topic = ctx.message.text
  ctx.dialog.to("answer")
})
interview
  .state("choice")
  .derive(facts)
  .hears("Done", async (ctx) => {
    const reply_markup = removeKeyboard()
    await ctx.reply(`I will remember:\n${listOf(ctx.userData.facts)}`, { reply_markup })
    ctx.dialog.end()
  })

interview.entering("answer", (ctx) => ctx.reply(`${ctx.dialog.data.topic}?`))
interview
  .state("answer")
  .derive(facts)
  .on(filters.text, (ctx) => {
    ctx.userData.facts[ctx.dialog.data.topic] = ctx.message.text
    ctx.dialog.to("choice")
  })

function choices() {
  const keys = keyboard({ resize_keyboard: true }).columns(2)
  for (const topic of [...topics, "Done"]) keys.text(topic)
  return keys
}

function listOf(known: Readonly<Record<string, string>>): string {
  const lines = Object.entries(known).map(([topic, text]) => `${topic}: ${text}`)
  return lines.join("\n")
}

export function register(dispatcher: Dispatcher) {
  interview.mount(dispatcher)
  dispatcher.derive(facts).command(
    "forget",
    (ctx) => {
      ctx.userData = { facts: {} }
      return ctx.reply("Forgotten.")
    },
    { description: "Delete everything that you have told" },
  )
}
