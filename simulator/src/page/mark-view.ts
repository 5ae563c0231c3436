import type { Message, ReactionType } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"
import type { World } from "../world/world.js"
import type { PageMark } from "./protocol.js"

/** Returns the reactions to a message and the votes in its poll; `undefined` without any. */
export function markView(
  world: World,
  where: Conversation,
  message: Message,
): PageMark | undefined {
  const reactionEntries = [...(where.reactions.get(message.message_id) ?? [])]
  const votes = [...(world.polls.of(message)?.votes ?? [])]
  if (reactionEntries.length === 0 && votes.length === 0) return undefined
  const reactions = reactionEntries.map(
    ([id, types]) => [id, types.map((type) => wordOf(type))] as const,
  )
  return { reactions: Object.fromEntries(reactions), votes: Object.fromEntries(votes) }
}

function wordOf(type: ReactionType): string {
  if (type.type === "emoji") return type.emoji
  return type.type === "custom_emoji" ? type.custom_emoji_id : "⭐"
}
