import type { Context } from "../dispatch/context/context.js"
import { leadingCommand } from "../dispatch/filters/leading-command.js"
import { targetOf } from "../dispatch/context/message-target.js"
import type { Message } from "../telegram/types.js"
import { updateSenderChat } from "../telegram/update-facts.js"

/** Returns the key of a chat, or of a chat of a business account. */
export function chatKey({ update, chat }: Context): string {
  const { business_connection_id: connection } = targetOf(update)
  return connection === undefined ? `${chat?.id}` : `business:${connection}:${chat?.id}`
}

/** Returns the key of a sender in a topic of a chat. */
export function senderKey(ctx: Context): string {
  const { message_thread_id: thread, direct_messages_topic_id: direct } = targetOf(ctx.update)
  const sender = (updateSenderChat(ctx.update) ?? ctx.from)?.id
  return `${chatKey(ctx)}:${thread ?? direct ?? ""}:${sender ?? ""}`
}

/** Returns whether a message begins with a command, which is never a part that waits. */
export function isCommand(message: Message): boolean {
  return leadingCommand(message)?.isCaption === false
}
