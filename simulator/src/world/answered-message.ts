import type { Message } from "@grammyjs/types"

/**
 * Returns a message for the field `reply_to_message`, without its own reply. The return type admits
 * no value under `exactOptionalPropertyTypes`.
 */
export function withoutReply(message: Message): NonNullable<Message["reply_to_message"]> {
  const { reply_to_message: _, ...rest } = message
  return rest as NonNullable<Message["reply_to_message"]>
}
