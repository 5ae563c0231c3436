import type { Chat, ChatAdministratorRights, ChatMember, User } from "@grammyjs/types"
import { everyPermission, type Permissions } from "./permissions.js"

/** A right of administrators, under Telegram's name. */
export type Right = Exclude<keyof ChatAdministratorRights, "is_anonymous">

const everywhere: readonly Right[] = [
  "can_manage_chat",
  "can_change_info",
  "can_delete_messages",
  "can_invite_users",
  "can_restrict_members",
  "can_promote_members",
  "can_manage_video_chats",
  "can_post_stories",
  "can_edit_stories",
  "can_delete_stories",
  "can_send_welcome_messages",
]

/** Returns the rights that exist in a chat of this type. */
export function rightsIn(type: Chat["type"]): readonly Right[] {
  if (type === "channel")
    return [...everywhere, "can_post_messages", "can_edit_messages", "can_manage_direct_messages"]
  return [...everywhere, "can_pin_messages", "can_manage_topics", "can_manage_tags"]
}

/** Returns the owner of a chat. */
export function owner(user: User): ChatMember {
  return { user, status: "creator", is_anonymous: false }
}

/** Returns an administrator with exactly these rights. */
export function administrator(
  user: User,
  type: Chat["type"],
  rights: ReadonlySet<Right>,
): ChatMember {
  const rightEntries = rightsIn(type).map((right) => [right, rights.has(right)] as const)
  const fields: Partial<Record<Right, boolean>> = Object.fromEntries(rightEntries)
  return {
    user,
    status: "administrator",
    can_be_edited: false,
    is_anonymous: false,
    // The object contains all rights of the chat; the type lists them one by one.
    ...(fields as Record<Right, boolean>),
  }
}

/** Returns an ordinary member. */
export function member(user: User): ChatMember {
  return { user, status: "member" }
}

/** Returns a member, or an outsider, with restricted permissions. */
export function restricted(
  user: User,
  permissions: Permissions,
  more: { isMember: boolean; until: number },
): ChatMember {
  const { isMember, until } = more
  return {
    user,
    status: "restricted",
    is_member: isMember,
    ...everyPermission(false),
    ...permissions,
    until_date: until,
  }
}

/** Returns a user who is not in the chat. */
export function left(user: User): ChatMember {
  return { user, status: "left" }
}

/**
 * Returns a banned user.
 * @param until Unix time; 0 for ever
 */
export function banned(user: User, until: number): ChatMember {
  return { user, status: "kicked", until_date: until }
}

/** Returns true for a user who is in the chat. */
export function isPresent(who: ChatMember): boolean {
  if (who.status === "restricted") return who.is_member
  return who.status !== "left" && who.status !== "kicked"
}

/** Returns true for an administrator, including the owner. */
export function isAdministrator(who: ChatMember): boolean {
  return who.status === "creator" || who.status === "administrator"
}

/** Returns true for an administrator with a right. */
export function hasRight(who: ChatMember, right: Right): boolean {
  if (who.status === "creator") return true
  return who.status === "administrator" && who[right] === true
}
