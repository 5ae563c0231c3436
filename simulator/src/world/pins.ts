import type { Message, User } from "@grammyjs/types"
import { withoutReply } from "./answered-message.js"
import type { Conversation } from "./conversation.js"
import { announce } from "./forum.js"
import type { World } from "./world.js"

/** Pins a message, with a service message. */
export function pin(
  world: World,
  where: Conversation,
  { by, message }: { by: User; message: Message },
): void {
  where.pinned.delete(message.message_id)
  where.pinned.add(message.message_id)
  world.changes.announce({ kind: "chat", where })
  announce(world, where, { by, content: { pinned_message: withoutReply(message) } })
}

/** Unpins messages, without a service message. */
export function unpin(world: World, where: Conversation, ids: Iterable<number>): void {
  for (const id of ids) where.pinned.delete(id)
  world.changes.announce({ kind: "chat", where })
}
