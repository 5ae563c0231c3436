import type { ChatMember, User } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { userOfBot } from "../../world/identity.js"
import {
  administrator,
  banned,
  hasRight,
  isPresent,
  left,
  member,
  restricted,
  rightsIn,
} from "../../world/members.js"
import { changeMember } from "../../world/membership.js"
import { readPermissions } from "../../world/permissions.js"
import { editableChat } from "../chat-argument.js"
import { formerPermissions, permissionsArgument } from "../permissions-argument.js"
import { ownStatus, requireRight, userArgument, userIdArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for bans, restrictions and promotions of members. */
export const moderationMethods: MethodTable = {
  banChatMember,
  kickChatMember: banChatMember,
  unbanChatMember,
  restrictChatMember,
  promoteChatMember,
  setChatAdministratorCustomTitle,
}

const allRights = [...new Set([...rightsIn("supergroup"), ...rightsIn("channel")])]
const noRight = "not enough rights to restrict/unrestrict chat member"
/** The bounds of a temporary restriction, in seconds. */
const minSeconds = 30
const maxSeconds = 366 * 86_400

function banChatMember(call: Call): true {
  const { where, old } = target(call, "can't ban members in private chats")
  changeTo(call, where, banned(old.user, untilDate(call)))
  if (!call.args.flag("revoke_messages")) return true
  for (const { message_id, from } of where.messages.values()) {
    if (from?.id === old.user.id) call.world.remove(where, message_id)
  }
  return true
}

function unbanChatMember(call: Call): true {
  const where = groupChat(call, "can't unban members in private chats")
  const old = where.memberOf(userArgument(call))
  if (where.chat.type === "group") {
    throw CallError.badRequest("method is available for supergroup and channel chats only")
  }
  requireRight(call, where, "can_restrict_members", noRight)
  if (isPresent(old) && call.args.flag("only_if_banned")) return true
  refuseToRemove(old)
  if (old.status !== "left") changeTo(call, where, left(old.user))
  return true
}

function restrictChatMember(call: Call): true {
  const given = permissionsArgument(call.args) ?? formerPermissions(call.args)
  const { where, old } = target(call, "can't restrict members in private chats")
  if (where.chat.type !== "supergroup") {
    throw CallError.badRequest("method is available only for supergroups")
  }
  const areIndependent = call.args.flag("use_independent_chat_permissions")
  const permissions = readPermissions(given, areIndependent)
  const isFree = Object.values(permissions).every(Boolean)
  const isMember = isPresent(old)
  const free = isMember ? member(old.user) : left(old.user)
  const bound = restricted(old.user, permissions, { isMember, until: untilDate(call) })
  changeTo(call, where, isFree ? free : bound)
  return true
}

function promoteChatMember(call: Call): true {
  const where = groupChat(call, "can't promote members in private chats")
  const user = userArgument(call)
  const old = where.memberOf(user)
  if (user.id === call.bot.me.id) throw CallError.badRequest("can't promote self")
  if (where.chat.type === "group") {
    throw CallError.badRequest("method is available for supergroup and channel chats only")
  }
  requireRight(call, where, "can_promote_members", "not enough rights")
  if (old.status === "creator") throw CallError.badRequest("can't remove chat owner")
  if (!isPresent(old)) throw CallError.badRequest("USER_NOT_PARTICIPANT")
  const isAnonymous = call.args.flag("is_anonymous")
  const requestedRights = allRights.filter((right) => call.args.flag(right))
  const rights = rightsIn(where.chat.type).filter((right) => requestedRights.includes(right))
  const me = ownStatus(call, where)
  if (rights.some((right) => !hasRight(me, right))) throw CallError.badRequest("RIGHT_FORBIDDEN")
  const given = new Set(
    rights.length > 0 || isAnonymous ? [...rights, "can_manage_chat" as const] : rights,
  )
  const next = given.size > 0 ? administrator(user, where.chat.type, given) : member(user)
  const editable =
    next.status === "administrator"
      ? { ...next, can_be_edited: true, is_anonymous: isAnonymous }
      : next
  changeTo(call, where, editable)
  return true
}

function setChatAdministratorCustomTitle(call: Call): true {
  const where = groupChat(call, "can't set custom title in private chats")
  const old = where.memberOf(userArgument(call))
  if (where.chat.type !== "supergroup") {
    throw CallError.badRequest("method is available only for supergroups")
  }
  if (old.status === "creator") {
    throw CallError.badRequest("only the owner can edit their custom title")
  }
  if (old.status !== "administrator") throw CallError.badRequest("user is not an administrator")
  if (!old.can_be_edited) {
    throw CallError.badRequest("not enough rights to change custom title of the user")
  }
  where.members.set(old.user.id, { ...old, custom_title: call.args.text("custom_title") })
  return true
}

function target(call: Call, privately: string): { where: Conversation; old: ChatMember } {
  const where = groupChat(call, privately)
  const user = userArgument(call)
  const old = where.memberOf(user)
  if (user.id === call.bot.me.id) throw CallError.badRequest("can't restrict self")
  requireRight(call, where, "can_restrict_members", noRight)
  refuseToRemove(old)
  return { where, old }
}

function refuseToRemove(old: ChatMember): void {
  if (old.status === "creator") throw CallError.badRequest("can't remove chat owner")
  if (old.status === "administrator" && !old.can_be_edited) {
    throw CallError.badRequest("user is an administrator of the chat")
  }
}

function groupChat(call: Call, privately: string): Conversation {
  userIdArgument(call)
  const where = editableChat(call)
  if (where.chat.type === "private") throw CallError.badRequest(privately)
  return where
}

function changeTo(call: Call, where: Conversation, next: ChatMember): void {
  const by: User = userOfBot(call.bot.me)
  changeMember(call.world, where, { next, by })
}

// A period of less than 30 seconds or more than 366 days means for ever.
function untilDate({ args, world }: Call): number {
  const until = args.integer("until_date", 0, 0, 2 ** 31)
  const seconds = until - world.now
  return seconds < minSeconds || seconds > maxSeconds ? 0 : until
}
