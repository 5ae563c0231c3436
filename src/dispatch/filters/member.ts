/**
 * Filters of changes of members. Each filter looks at one property of a member: the membership, the rank, the
 * ban or the restriction. Several filters can therefore accept one update: a banned member has also left.
 *
 * @module
 */
import type { ChatMember, ChatMemberUpdated, Update } from "../../telegram/types.js"
import { withTypes } from "./filter.js"

/** A filter of changes of members other than the bot. */
export type ChatMemberFilter = (
  update: Update,
) => update is Update & { chat_member: ChatMemberUpdated }

/** A filter of changes of the bot's own membership. */
export type MyChatMemberFilter = (
  update: Update,
) => update is Update & { my_chat_member: ChatMemberUpdated }

/**
 * A user who became a member of the chat. Like all filters of members other than the bot, it needs the update
 * type `chat_member`: Sounder asks Telegram for the type, and Telegram sends it to administrators only.
 */
export const joined: ChatMemberFilter = ofMember((old, now) => !isMember(old) && isMember(now))

/**
 * A member who is no longer one: who left, was removed or was banned. `and(left, not(banned))` excludes the
 * banned.
 */
export const left: ChatMemberFilter = ofMember((old, now) => isMember(old) && !isMember(now))

/** A user who became an administrator, or an administrator who became the owner. */
export const promoted: ChatMemberFilter = ofMember((old, now) => rank(now) > rank(old))

/** An administrator or owner who lost that rank: by a decision, a ban, or by leaving. */
export const demoted: ChatMemberFilter = ofMember((old, now) => rank(now) < rank(old))

/** A user who became restricted, whether a member or not. */
export const restricted: ChatMemberFilter = ofMember(
  (old, now) => !isRestricted(old) && isRestricted(now),
)

/** A user who is no longer restricted. */
export const unrestricted: ChatMemberFilter = ofMember(
  (old, now) => isRestricted(old) && !isRestricted(now),
)

/** A user who was banned, whether a member before or not. */
export const banned: ChatMemberFilter = ofMember((old, now) => !isBanned(old) && isBanned(now))

/** A user who is no longer banned, whether a member again or not. */
export const unbanned: ChatMemberFilter = ofMember((old, now) => isBanned(old) && !isBanned(now))

/** The bot became a member of a group or channel. In a channel it is promoted at the same time. */
export const botAdded: MyChatMemberFilter = ofBot((old, now) => !isMember(old) && isMember(now))

/** The bot is no longer a member of a group or channel: it left, was removed or was banned. */
export const botRemoved: MyChatMemberFilter = ofBot((old, now) => isMember(old) && !isMember(now))

/** The bot became an administrator of a group or channel. */
export const botPromoted: MyChatMemberFilter = ofBot((old, now) => rank(now) > rank(old))

/** The bot is no longer an administrator of a group or channel, for example because it was removed. */
export const botDemoted: MyChatMemberFilter = ofBot((old, now) => rank(now) < rank(old))

/** The bot became restricted in a group. */
export const botRestricted: MyChatMemberFilter = ofBot(
  (old, now) => !isRestricted(old) && isRestricted(now),
)

/** The bot is no longer restricted in a group. */
export const botUnrestricted: MyChatMemberFilter = ofBot(
  (old, now) => isRestricted(old) && !isRestricted(now),
)

/** A user blocked the bot in their private chat: the bot can no longer write to the user. */
export const botBlocked: MyChatMemberFilter = inPrivate(
  (old, now) => !isBanned(old) && isBanned(now),
)

/** A user unblocked the bot in their private chat. */
export const botUnblocked: MyChatMemberFilter = inPrivate(
  (old, now) => isBanned(old) && !isBanned(now),
)

/** A function that returns whether the change from one state of a member to another is of some kind. */
type Change = (old: ChatMember, now: ChatMember) => boolean

function ofMember(isChange: Change): ChatMemberFilter {
  const filter: ChatMemberFilter = (
    update,
  ): update is Update & { chat_member: ChatMemberUpdated } =>
    isChanged(update.chat_member, isChange)
  return withTypes(["chat_member"], filter)
}

function ofBot(isChange: Change): MyChatMemberFilter {
  return ofOwn(isChange, (type) => type !== "private")
}

function inPrivate(isChange: Change): MyChatMemberFilter {
  return ofOwn(isChange, (type) => type === "private")
}

function ofOwn(isChange: Change, isIn: (chatType: string | undefined) => boolean) {
  const filter: MyChatMemberFilter = (
    update,
  ): update is Update & { my_chat_member: ChatMemberUpdated } =>
    isIn(update.my_chat_member?.chat?.type) && isChanged(update.my_chat_member, isChange)
  return withTypes(["my_chat_member"], filter)
}

/** Returns whether a change is of a kind. An update of an unexpected shape is no change. */
function isChanged(updated: Partial<ChatMemberUpdated> | undefined, isChange: Change): boolean {
  const { old_chat_member: old, new_chat_member: now } = updated ?? {}
  return old?.status !== undefined && now?.status !== undefined && isChange(old, now)
}

function isMember(member: ChatMember): boolean {
  if (member.status === "restricted") return member.is_member
  return member.status === "member" || rank(member) > 0
}

/** Returns 2 for the owner of a chat, 1 for an administrator, and 0 for everybody else. */
function rank({ status }: ChatMember): number {
  if (status === "creator") return 2
  return status === "administrator" ? 1 : 0
}

function isRestricted({ status }: ChatMember): boolean {
  return status === "restricted"
}

function isBanned({ status }: ChatMember): boolean {
  return status === "kicked"
}
