import type { Conversation } from "../world/conversation.js"
import type { World } from "../world/world.js"

/** The beginning of the key of a chat of two people. */
const accountPrefix = "account"

/**
 * Returns the key of a chat on the page. The key of a private chat names bot and person, because
 * bots identify a private chat by its person alone. That of a business account names both people.
 */
export function chatKey(where: Conversation): string {
  const { chat, owner } = where
  if (owner !== undefined) return `${accountPrefix}:${owner.user.id}:${chat.id}`
  if (chat.type !== "private") return String(chat.id)
  const [bot] = where.bots
  return `${bot?.me.id ?? 0}:${chat.id}`
}

/** Returns the chat of a key. Throws a `TypeError` if there is none. */
export function chatOfKey(world: World, key: string): Conversation {
  const [first = "", second, third] = key.split(":")
  if (first === accountPrefix) return accountChat(world, Number(second), Number(third))
  const bot = world.bots.get(Number(first))
  const isPrivate = second !== undefined && bot !== undefined
  const where = isPrivate ? world.privateChat(bot, Number(second)) : world.group(Number(first))
  if (where === undefined) throw new TypeError("There is no such chat")
  return where
}

function accountChat(world: World, ownerId: number, otherId: number): Conversation {
  const owner = world.people.get(ownerId)
  const where = owner && world.business.chat(owner, otherId)
  if (where === undefined) throw new TypeError("There is no such chat")
  return where
}
