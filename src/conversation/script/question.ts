import type { Context } from "../../dispatch/context/context.js"
import type { Question } from "./talk.js"

/**
 * Sends a question in answer to an update. In a group where the bot may not see other messages, the question
 * asks the user to reply.
 */
export async function sendQuestion(ctx: Context, question: Question): Promise<void> {
  const { text, ...options } = typeof question === "string" ? { text: question } : question
  await ctx.reply(text, { ...replyRequest(ctx), ...options })
}

/** Returns the parameters that ask the user of an update to reply; none where no reply is needed. */
function replyRequest({ chat, message, bot }: Context): object {
  const isGroup = chat?.type === "group" || chat?.type === "supergroup"
  if (!isGroup || bot.me?.can_read_all_group_messages) return {}
  const force_reply = true as const
  // The request is for the sender of the message that is replied to.
  if (!message) return { reply_markup: { force_reply } }
  return {
    reply_markup: { force_reply, selective: true },
    reply_parameters: { message_id: message.message_id, allow_sending_without_reply: true },
  }
}
