import { CallError } from "../../ground/call-error.js"
import { userOfBot } from "../../world/identity.js"
import { isPresent, member } from "../../world/members.js"
import { changeMember } from "../../world/membership.js"
import { editableChat } from "../chat-argument.js"
import { requireRight, userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods that answer requests to join. */
export const joinRequestMethods: MethodTable = {
  approveChatJoinRequest: (call) => answer(call, true),
  declineChatJoinRequest: (call) => answer(call, false),
}

function answer(call: Call, isApproved: boolean): true {
  const where = editableChat(call)
  const user = userArgument(call)
  requireRight(call, where, "can_invite_users", "not enough rights to manage chat join requests")
  if (isApproved && isPresent(where.memberOf(user)))
    throw CallError.badRequest("USER_ALREADY_PARTICIPANT")
  if (!where.joinRequests.has(user.id)) throw CallError.badRequest("HIDE_REQUESTER_MISSING")
  const link = where.joinRequests.get(user.id)
  where.joinRequests.delete(user.id)
  if (!isApproved) return true
  const by = userOfBot(call.bot.me)
  changeMember(call.world, where, { next: member(user), by, link, viaJoinRequest: true })
  return true
}
