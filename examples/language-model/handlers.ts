import { type Dispatcher, filters } from "sounder"
import { pastes } from "sounder/gathering"
import { fromMarkdown } from "sounder/markdown"
import { session } from "sounder/session"
import { type StreamContext, streaming } from "sounder/stream"
import { ask, type ModelServer, type Turn } from "./model.ts"

/** The last turns of each chat's dialogue with the model. */
const dialogue = session("dialogue", { initial: () => ({ turns: [] as Turn[] }) })
type Answering = StreamContext & { dialogue: { turns: Turn[] } }

const instructions: Turn = { role: "system", content: "Answer briefly, in the user's language." }

export function register(dispatcher: Dispatcher, server: ModelServer) {
  dispatcher.command("start", (ctx) => ctx.reply("Ask me anything. /new forgets the dialogue."))

  const bot = streaming(dispatcher, {
    format: fromMarkdown,
    onError: (text) => `${text}\n\n(The model is not available.)`,
  }).derive(dialogue)

  bot.command("new", async (ctx) => {
    ctx.dialogue = { turns: [] }
    await ctx.reply("Let us begin again.")
  })

  // A text that the client has cut into several messages is one question.
  pastes().handle(bot, (ctx) => answer(ctx, ctx.text.text))
  bot.on(filters.text, (ctx) => answer(ctx, ctx.message.text))

  async function answer(ctx: Answering, question: string) {
    const turns: Turn[] = [...ctx.dialogue.turns, { role: "user", content: question }]
    const { text } = await ctx.stream((signal) => ask(server, [instructions, ...turns], signal))
    // The dialogue is stored together with the end of the update, or not at all.
    ctx.dialogue = { turns: [...turns, { role: "assistant" as const, content: text }].slice(-20) }
  }
}
