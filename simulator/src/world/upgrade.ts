import type { Chat } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { setStatus } from "./membership.js"
import type { Person } from "./person.js"
import type { World } from "./world.js"

/** The upper bound of ids of supergroups that were basic groups. */
export const upgradedIds = -1_003_000_000_000

/**
 * Upgrades a basic group to a supergroup: a new chat with another id and the same members. Service
 * messages in both chats announce it, and nobody can write in the old one afterwards.
 */
export function upgrade(world: World, where: Conversation, by: Person): Conversation {
  const id = upgradedIds + where.chat.id
  const chat: Chat = { id, title: where.chat.title ?? "", type: "supergroup" }
  const next = world.addGroup(chat)
  next.description = where.description
  next.permissions = where.permissions
  for (const member of where.members.values()) setStatus(world, next, member)
  world.write(by, where, { migrate_to_chat_id: id })
  where.upgradedTo = id
  world.write(by, next, { migrate_from_chat_id: where.chat.id })
  return next
}
