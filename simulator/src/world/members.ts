import type { Chat, ChatAdministratorRights, ChatMember, User } from "@grammyjs/types"
import { everyPermission, type Permissions } from "./permissions.js"

/** A right of administrators, by Telegram's name. */
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

/** The rights that there are in a chat of this type. */
export function rightsIn(type: Chat["type"]): readonly Right[] {
  if (type === "channel")
    return [...everywhere, "can_post_messages", "can_edit_messages", "can_manage_direct_messages"]
  return [...everywhere, "can_pin_messages", "can_manage_topics", "can_manage_tags"]
}

/** Returns the owner of a chat. */
export function owner(user: User): ChatMember {
  return { user, status: "creator", is_anonymous: false }
}

/** An administrator with these rights and no others. */
export function administrator(
  user: User,
  type: Chat["type"],
  rights: ReadonlySet<Right>,
): ChatMember {
  const given = rightsIn(type).map((right) => [right, rights.has(right)] as const)
  const fields: Partial<Record<Right, boolean>> = Object.fromEntries(given)
  return {
    user,
    status: "administrator",
    can_be_edited: false,
    is_anonymous: false,
    // All of the chat's rights are there; the type wants them one by one.
    ...(fields as Record<Right, boolean>),
  }
}

/** An ordinary member. */
export function member(user: User): ChatMember {
  return { user, status: "member" }
}

/** A member, or somebody outside, who may do only some things. */
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

/** Somebody who is not in the chat. */
export function left(user: User): ChatMember {
  return { user, status: "left" }
}

/** Somebody who may not come back. @param until Unix time; 0 for ever */
export function banned(user: User, until: number): ChatMember {
  return { user, status: "kicked", until_date: until }
}

/** Returns true for somebody who is in the chat. */
export function isPresent(who: ChatMember): boolean {
  if (who.status === "restricted") return who.is_member
  return who.status !== "left" && who.status !== "kicked"
}

/** Returns true for an administrator, the owner included. */
export function isAdministrator(who: ChatMember): boolean {
  return who.status === "creator" || who.status === "administrator"
}

/** Returns true for an administrator with a right. */
export function hasRight(who: ChatMember, right: Right): boolean {
  if (who.status === "creator") return true
  return who.status === "administrator" && who[right] === true
}
