import type { Dispatcher } from "sounder"

interface OpenPoll {
  chatId: number
  messageId: number
  /** The ids of the users who have answered. */
  users: number[]
}

/** A poll closes after so many answers. */
const enough = 2

export function register(dispatcher: Dispatcher) {
  dispatcher.command("start", (ctx) => ctx.reply("/poll asks how you are, /quiz asks a riddle."))

  dispatcher.command("poll", async (ctx) => {
    const { chat, message_id, poll } = await ctx.replyWithPoll({
      question: "How are you?",
      options: [{ text: "Good" }, { text: "Really good" }, { text: "Fantastic" }],
      is_anonymous: false,
      allows_multiple_answers: true,
    })
    // An answer names the poll, but not its chat.
    const open: OpenPoll = { chatId: chat.id, messageId: message_id, users: [] }
    ctx.state.set("polls", poll.id, open)
  })

  dispatcher.pollAnswer(async (ctx) => {
    const { poll_id, user, option_ids } = ctx.pollAnswer
    const open = (await ctx.state.get("polls", poll_id)) as OpenPoll | undefined
    if (!open || !user) return
    const others = open.users.filter((id) => id !== user.id)
    // Without options, the person has taken the answer back.
    const users = option_ids.length === 0 ? others : [...others, user.id]
    if (users.length < enough) return ctx.state.set("polls", poll_id, { ...open, users })
    ctx.state.delete("polls", poll_id)
    const { chatId: chat_id, messageId: message_id } = open
    const { options } = await ctx.bot.stopPoll({ chat_id, message_id })
    const counts = options.map(({ text, voter_count }) => `${text}: ${voter_count}`)
    await ctx.bot.sendMessage({ chat_id, text: `The poll is closed.\n${counts.join("\n")}` })
  })

  dispatcher.command("quiz", (ctx) =>
    ctx.replyWithPoll({
      question: "How many eggs are in two dozen?",
      options: [{ text: "12" }, { text: "20" }, { text: "24" }],
      type: "quiz",
      correct_option_ids: [2],
      explanation: "A dozen is twelve.",
    }),
  )
}
