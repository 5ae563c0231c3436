import type { BotAccount } from "../delivery/bot-account.js"
import type { ChatInviteLink, ChatMember, User } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { isAdministrator, isPresent } from "./members.js"
import type { World } from "./world.js"

/** A change of a user's status in a chat. */
export interface MemberChange {
  /** The new status. */
  readonly next: ChatMember
  /** The person or bot that made the change. */
  readonly by: User
  /** The link that they came with. */
  readonly link?: ChatInviteLink | undefined
  readonly viaJoinRequest?: boolean
}

/**
 * Changes a user's status in a group or channel; bots get `my_chat_member`, `chat_member` and
 * service messages.
 */
export function changeMember(world: World, where: Conversation, change: MemberChange): void {
  const { next, by } = change
  const old = where.memberOf(next.user)
  const wasPresent = isPresent(old)
  const watching = [...where.bots]
  setStatus(world, where, next)
  notifyBots(world, { where, old, watching }, change)
  if (where.chat.type === "channel" || wasPresent === isPresent(next)) return
  const content = wasPresent ? { left_chat_member: next.user } : { new_chat_members: [next.user] }
  announceChange(world, where, { by, content, watching: wasPresent ? watching : [...where.bots] })
}

/** Stores a user's status without notifying anybody. */
export function setStatus(world: World, where: Conversation, next: ChatMember): void {
  const { id } = next.user
  const person = world.people.get(id)
  const bot = world.bots.get(id)
  where.members.set(id, next)
  const change = isPresent(next) ? "add" : "delete"
  if (person !== undefined) where.people[change](person)
  if (bot !== undefined) where.bots[change](bot)
  if (isPresent(next)) where.joinRequests.delete(id)
  world.changes.announce({ kind: "chat", where })
  const direct = world.group(where.extras.directMessages ?? 0)
  if (direct === undefined) return
  // The administrators of a channel answer its direct messages. A former one remains as a reader.
  if (person !== undefined && isAdministrator(next)) direct.people.add(person)
  if (bot !== undefined) direct.bots[change](bot)
  world.changes.announce({ kind: "chat", where: direct })
}

function notifyBots(
  world: World,
  place: { where: Conversation; old: ChatMember; watching: readonly BotAccount[] },
  { next, by, link, viaJoinRequest }: MemberChange,
): void {
  const { where, old, watching } = place
  const payload = {
    chat: where.chat,
    from: by,
    date: world.now,
    old_chat_member: old,
    new_chat_member: next,
    ...(link !== undefined && { invite_link: link }),
    ...(viaJoinRequest === true && { via_join_request: true }),
  }
  world.bots.get(next.user.id)?.push("my_chat_member", payload)
  for (const bot of watching) {
    const status = where.members.get(bot.me.id)
    const isAdmin = status !== undefined && isAdministrator(status)
    if (isAdmin && bot.me.id !== next.user.id) bot.push("chat_member", payload)
  }
}

// A removed bot still gets the message about its removal.
function announceChange(
  world: World,
  where: Conversation,
  what: { by: User; content: object; watching: readonly BotAccount[] },
): void {
  const { by, content, watching } = what
  const person = world.people.get(by.id)
  const actor = world.bots.get(by.id)
  const missing = watching.filter((bot) => !where.bots.has(bot))
  const message =
    actor === undefined
      ? person && world.write(person, where, content)
      : world.writeAs(actor, where, content)
  if (message !== undefined) for (const bot of missing) bot.push("message", message)
}
