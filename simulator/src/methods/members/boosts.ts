import type { UserChatBoosts } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { isAdministrator } from "../../world/members.js"
import { editableChat } from "../chat-argument.js"
import { ownStatus, userArgument, userIdArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** The method for the boosts of a chat by one person. */
export const boostMethods: MethodTable = { getUserChatBoosts }

function getUserChatBoosts(call: Call): UserChatBoosts {
  userIdArgument(call)
  const where = editableChat(call)
  const { id } = userArgument(call)
  if (where.chat.type === "private" || !isAdministrator(ownStatus(call, where))) {
    throw CallError.badRequest("CHAT_ADMIN_REQUIRED")
  }
  const given = where.extras.boosts.filter(({ personId }) => personId === id)
  return { boosts: given.map(({ boost }) => boost) }
}
