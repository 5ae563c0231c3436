import type { Message } from "@grammyjs/types"

/**
 * A message as the one that answers it holds it: without what it answered in turn. The type that
 * says so admits no value under `exactOptionalPropertyTypes`.
 */
export function withoutReply(message: Message): NonNullable<Message["reply_to_message"]> {
  const { reply_to_message: _, ...rest } = message
  return rest as NonNullable<Message["reply_to_message"]>
}
