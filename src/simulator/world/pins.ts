import type { Message, User } from "../../telegram/types.js"
import { withoutReply } from "./answered-message.js"
import type { Conversation } from "./conversation.js"
import { announce } from "./forum.js"
import type { World } from "./world.js"

/** Pins a message, with the message that says so. */
export function pin(
  world: World,
  where: Conversation,
  { by, message }: { by: User; message: Message },
): void {
  where.pinned.delete(message.message_id)
  where.pinned.add(message.message_id)
  announce(world, where, { by, content: { pinned_message: withoutReply(message) } })
}
