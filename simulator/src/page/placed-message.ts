import type { Message } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"
import type { EphemeralMessage } from "../world/ephemeral-messages.js"

/**
 * Returns an ephemeral message for the page, which needs an id for each message: its place in the chat, a
 * fraction between the ids of the messages around it.
 */
export function placedMessage(where: Conversation, message: EphemeralMessage): Message {
  return { ...message, message_id: where.ephemeral.placeOf(message) }
}
