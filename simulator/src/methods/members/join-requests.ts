import type { User } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { userOfBot } from "../../world/identity.js"
import { isPresent, member } from "../../world/members.js"
import { changeMember } from "../../world/membership.js"
import { editableChat } from "../chat-argument.js"
import { tooOld } from "../inline/callbacks.js"
import { requireRight, userArgument, userIdArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods that answer requests to join. */
export const joinRequestMethods: MethodTable = {
  approveChatJoinRequest: (call) => answer(call, true),
  declineChatJoinRequest: (call) => answer(call, false),
  answerChatJoinRequestQuery,
}

function answer(call: Call, isApproved: boolean): true {
  userIdArgument(call)
  const where = editableChat(call)
  return settle(call, where, { user: userArgument(call), isApproved })
}

function answerChatJoinRequestQuery(call: Call): true {
  const { args, bot, world } = call
  const result = args.text("result")
  if (!["approve", "decline", "queue"].includes(result)) {
    throw CallError.badRequest("invalid result specified")
  }
  const id = args.text("chat_join_request_query_id")
  const query = world.joinQueries.take(id, bot.me.id, world.now)
  const user = query && world.userOf(query.userId)
  if (query === undefined || user === undefined) throw tooOld()
  if (result === "queue") return true
  return settle(call, query.where, { user, isApproved: result === "approve" })
}

function settle(
  call: Call,
  where: Conversation,
  { user, isApproved }: { readonly user: User; readonly isApproved: boolean },
): true {
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
