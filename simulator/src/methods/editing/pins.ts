import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { userOfBot } from "../../world/identity.js"
import { pin, unpin } from "../../world/pins.js"
import { editableChat } from "../chat-argument.js"
import { requireRight } from "../member-argument.js"
import { messageIn } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for pinned messages. */
export const pinMethods: MethodTable = { pinChatMessage, unpinChatMessage, unpinAllChatMessages }

function pinChatMessage(call: Call): true {
  const where = pinnableChat(call)
  const message = messageIn(call, where, "pin")
  if (where.pinned.has(message.message_id)) return true
  pin(call.world, where, { by: userOfBot(call.bot.me), message })
  return true
}

function unpinChatMessage(call: Call): true {
  const where = pinnableChat(call)
  const isNamed = call.args.text("message_id") !== ""
  const id = isNamed ? messageIn(call, where, "unpin").message_id : [...where.pinned].at(-1)
  if (id === undefined) throw CallError.badRequest("message to unpin not found")
  unpin(call.world, where, [id])
  return true
}

function unpinAllChatMessages(call: Call): true {
  const where = pinnableChat(call)
  unpin(call.world, where, [...where.pinned])
  return true
}

function pinnableChat(call: Call): Conversation {
  const where = editableChat(call)
  const { type } = where.chat
  if (type === "private") return where
  const right = type === "channel" ? "can_edit_messages" : "can_pin_messages"
  if (type !== "channel" && where.permissions.can_pin_messages) return where
  requireRight(call, where, right, "not enough rights to manage pinned messages in the chat")
  return where
}
