import type { Chat, User } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { administrator, left, member, owner, rightsIn } from "./members.js"
import { setStatus } from "./membership.js"
import type { World } from "./world.js"

/**
 * Creates a chat with its first members. The first person owns it; bots are ordinary members, in a
 * channel administrators. Each bot gets an update.
 */
export function createChat(world: World, chat: Chat, memberIds: readonly number[]): Conversation {
  const where = world.addGroup(chat)
  const users = memberIds.map((id) => world.userOf(id)).filter((user) => user !== undefined)
  // The first message announces the chat; its id is also the id of the general topic.
  if (chat.type !== "group") where.nextId()
  const founder = users.find((user) => !user.is_bot)
  for (const user of users) setStatus(world, where, firstStatus(user, user === founder, chat.type))
  for (const bot of where.bots) {
    const self = where.memberOf(world.userOf(bot.me.id) ?? bot.me)
    bot.push("my_chat_member", {
      chat,
      from: founder ?? self.user,
      date: world.now,
      old_chat_member: left(self.user),
      new_chat_member: self,
    })
  }
  return where
}

function firstStatus(user: User, isFounder: boolean, type: Chat["type"]) {
  if (isFounder) return owner(user)
  if (type !== "channel" || !user.is_bot) return member(user)
  return administrator(user, type, new Set(rightsIn(type)))
}
