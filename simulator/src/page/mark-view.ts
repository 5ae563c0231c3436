import type { Message, ReactionType } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"
import { receiptOf } from "../world/receipt-of.js"
import type { World } from "../world/world.js"
import type { PageMark } from "./protocol.js"

/** Returns the reactions to a message, the votes in its poll and its receipt; `undefined` without any. */
export function markView(
  world: World,
  where: Conversation,
  message: Message,
): PageMark | undefined {
  const reactionEntries = [...(where.reactions.get(message.message_id) ?? [])]
  const votes = [...(world.polls.of(message)?.votes ?? [])]
  const receipt = receiptOf(where, message)
  if (reactionEntries.length === 0 && votes.length === 0 && !receipt) return undefined
  const reactions = reactionEntries.map(
    ([id, types]) => [id, types.map((type) => wordOf(type))] as const,
  )
  return {
    reactions: Object.fromEntries(reactions),
    votes: Object.fromEntries(votes),
    ...(receipt && { receipt }),
  }
}

function wordOf(type: ReactionType): string {
  if (type.type === "emoji") return type.emoji
  return type.type === "custom_emoji" ? type.custom_emoji_id : "⭐"
}
