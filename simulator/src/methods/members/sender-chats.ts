import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { editableChat } from "../chat-argument.js"
import { requireRight } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the channels in whose name people write. */
export const senderChatMethods: MethodTable = { banChatSenderChat, unbanChatSenderChat }

function banChatSenderChat(call: Call): true {
  const { where, id } = target(call)
  where.extras.bannedSenders = [...new Set([...where.extras.bannedSenders, id])]
  return true
}

function unbanChatSenderChat(call: Call): true {
  const { where, id } = target(call)
  where.extras.bannedSenders = where.extras.bannedSenders.filter((banned) => banned !== id)
  return true
}

function target(call: Call): { readonly where: Conversation; readonly id: number } {
  const id = call.args.integer("sender_chat_id", 0, Number.MIN_SAFE_INTEGER, 0)
  const where = editableChat(call)
  const { type } = where.chat
  if (type !== "supergroup" && type !== "channel") {
    throw CallError.badRequest("method is available for supergroup and channel chats only")
  }
  if (call.world.group(id)?.chat.type !== "channel") throw CallError.badRequest("chat not found")
  const refusal = "not enough rights to restrict/unrestrict chat member"
  requireRight(call, where, "can_restrict_members", refusal)
  return { where, id }
}
