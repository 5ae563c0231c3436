import type { Message, ReactionType } from "@grammyjs/types"
import { userOfBot } from "../world/identity.js"
import { isAdministrator } from "../world/members.js"
import { countReactions, readReaction } from "../world/reactions.js"
import type { Conversation } from "../world/conversation.js"
import type { Actor } from "./actor.js"
import { placeOf } from "./messages.js"

/**
 * Sets the person's reactions to a message: emoji, or the ids of custom emoji. Without any, removes
 * them.
 */
export function react(actor: Actor, message: Message, given: readonly string[]): void {
  const { person, world } = actor
  const where = placeOf(actor, message)
  const reactions = given.map((text) => reactionOf(text))
  const all = where.reactions.get(message.message_id) ?? new Map<number, readonly ReactionType[]>()
  const old = all.get(person.user.id) ?? []
  if (reactions.length > 0) all.set(person.user.id, reactions)
  else all.delete(person.user.id)
  where.reactions.set(message.message_id, all)
  world.changes.announce({ kind: "reactions", where, messageId: message.message_id })
  const place = { chat: where.chat, message_id: message.message_id, date: world.now }
  const isAnonymous = where.chat.type === "channel"
  for (const bot of where.bots) {
    if (!seesReactions(where, userOfBot(bot.me).id)) continue
    if (isAnonymous) {
      bot.push("message_reaction_count", { ...place, reactions: countReactions(all) })
    } else {
      const change = { user: person.user, old_reaction: old, new_reaction: reactions }
      bot.push("message_reaction", { ...place, ...change })
    }
  }
}

function seesReactions(where: Conversation, botId: number): boolean {
  const status = where.members.get(botId)
  return where.chat.type === "private" || (status !== undefined && isAdministrator(status))
}

function reactionOf(text: string): ReactionType {
  const custom = /^\d+$/.test(text) ? { type: "custom_emoji", custom_emoji_id: text } : undefined
  const reaction = readReaction(custom ?? { type: "emoji", emoji: text })
  if (reaction === undefined) throw new TypeError(`${text} is not a reaction`)
  return reaction
}
