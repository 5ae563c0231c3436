import type { Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { hasRight } from "../../world/members.js"
import { editableChat } from "../chat-argument.js"
import { ownStatus } from "../member-argument.js"
import { messageIds, messageIn } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods that delete messages. */
export const deletionMethods: MethodTable = { deleteMessage, deleteMessages }

/** The age from which a bot cannot delete a message. */
const secondsUntilTooOld = 48 * 3600

function deleteMessage(call: Call): true {
  const where = editableChat(call)
  const message = messageIn(call, where, "delete")
  if (!mayDelete(call, where, message)) throw CallError.badRequest("message can't be deleted")
  call.world.remove(where, message.message_id)
  return true
}

function deleteMessages(call: Call): true {
  const where = editableChat(call)
  for (const id of messageIds(call)) {
    const message = where.messages.get(id)
    if (message !== undefined && mayDelete(call, where, message)) call.world.remove(where, id)
  }
  return true
}

function mayDelete(call: Call, where: Conversation, message: Message): boolean {
  const isOld = message.date + secondsUntilTooOld < call.world.now
  if (where.chat.type === "private") return !isOld
  if (hasRight(ownStatus(call, where), "can_delete_messages")) return true
  const isAuthor = where.authors.get(message.message_id) === call.bot
  return !isOld && (isAuthor || message.from?.id === call.bot.me.id)
}
