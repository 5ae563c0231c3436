import { CallError } from "../../ground/call-error.js"
import { userOfBot } from "../../world/identity.js"
import { changeMember } from "../../world/membership.js"
import { editableChat } from "../chat-argument.js"
import { requireRight, userArgument, userIdArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** The method for the tags of members, which are shown next to their messages. */
export const tagMethods: MethodTable = { setChatMemberTag }

const maxTag = 16

function setChatMemberTag(call: Call): true {
  userIdArgument(call)
  const where = editableChat(call)
  const old = where.memberOf(userArgument(call))
  if (where.chat.type !== "group" && where.chat.type !== "supergroup") {
    throw CallError.badRequest("method is available only for groups and supergroups")
  }
  requireRight(call, where, "can_manage_tags", "not enough rights to manage tags of members")
  if (old.status !== "member" && old.status !== "restricted") {
    throw CallError.badRequest("user is not a regular member of the chat")
  }
  const tag = call.args.text("tag").trim()
  if ([...tag].length > maxTag || /\p{Extended_Pictographic}/u.test(tag)) {
    throw CallError.badRequest("TAG_INVALID")
  }
  const { tag: _, ...untagged } = old
  const next = tag === "" ? untagged : { ...untagged, tag }
  changeMember(call.world, where, { next, by: userOfBot(call.bot.me) })
  return true
}
