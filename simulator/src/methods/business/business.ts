import type { BusinessConnection } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { connectionView } from "../../world/business-accounts.js"
import type { Conversation } from "../../world/conversation.js"
import { messageIds, messageIn } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"
import {
  activeBusinessChat,
  anyConnection,
  enabledConnection,
  requireBusinessRight,
} from "./connection.js"

/** Methods for the business accounts that are connected with a bot. */
export const businessMethods: MethodTable = {
  getBusinessConnection,
  readBusinessMessage,
  deleteBusinessMessages,
}

function getBusinessConnection(call: Call): BusinessConnection {
  return connectionView(anyConnection(call))
}

// The bot is not told whether a message is read.
function readBusinessMessage(call: Call): true {
  const connection = enabledConnection(call)
  requireBusinessRight(connection, "can_read_messages")
  messageIn(call, activeBusinessChat(call, connection), "read")
  return true
}

function deleteBusinessMessages(call: Call): true {
  const { bot, world } = call
  const connection = enabledConnection(call)
  const ids = messageIds(call)
  const chats = [...world.business.chats()].filter(({ owner }) => owner === connection.person)
  const named = ids.map((id) => placeOf(chats, id))
  for (const { where, id } of named) {
    const isOwn = where.messages.get(id)?.sender_business_bot?.id === bot.me.id
    const mayDeleteOwn = isOwn && connection.rights.can_delete_outgoing_messages === true
    if (!mayDeleteOwn) requireBusinessRight(connection, "can_delete_all_messages")
  }
  if (new Set(named.map(({ where }) => where)).size > 1) {
    throw CallError.badRequest("messages must be in the same chat")
  }
  for (const { where, id } of named) world.remove(where, id)
  return true
}

function placeOf(chats: readonly Conversation[], id: number): { where: Conversation; id: number } {
  const where = chats.find(({ messages }) => messages.has(id))
  if (where !== undefined) return { where, id }
  throw CallError.badRequest("message to delete not found")
}
