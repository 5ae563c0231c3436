import type { Message } from "../../telegram/types.js"
import { CallError } from "../api/call-error.js"
import type { Conversation } from "../world/conversation.js"
import { writableChat } from "./chat-argument.js"
import type { Call } from "./method.js"

/** A message and where it is. */
export interface PlacedMessage {
  readonly where: Conversation
  readonly message: Message
}

/** The message of the bot that `chat_id` and `message_id` name, to be changed. */
export function ownMessage(call: Call): PlacedMessage {
  const where = writableChat(call)
  const message = where.messages.get(messageId(call))
  if (message === undefined) throw CallError.badRequest("message to edit not found")
  if (message.from?.id !== call.bot.me.id) {
    throw CallError.badRequest("message can't be edited")
  }
  return { where, message }
}

/** The number in `message_id`. */
export function messageId({ args }: Call): number {
  const id = args.integer("message_id", 0, 0, 2 ** 31 - 1)
  if (id === 0) throw CallError.badRequest("message identifier is not specified")
  return id
}
