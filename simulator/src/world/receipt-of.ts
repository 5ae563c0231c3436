import type { Message } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import type { Receipt } from "./receipt.js"
import { isService } from "./service-messages.js"

/** Returns the receipt of a message; `undefined` for a message of a bot, and in a chat without bots. */
export function receiptOf(where: Conversation, message: Message): Receipt | undefined {
  const isOfBot = message.from?.is_bot === true || where.authors.has(message.message_id)
  if (isOfBot || where.bots.size === 0 || isService(message)) return undefined
  const updates = where.updates.get(message.message_id)
  const states = [...where.bots].flatMap(({ me, queue }) => {
    const id = updates?.get(me.id)
    return id === undefined ? [] : [queue.stateOf(id)]
  })
  if (states.includes("pending")) return "waiting"
  if (states.includes("acknowledged")) return "received"
  return states.length > 0 ? "lost" : "unsent"
}
