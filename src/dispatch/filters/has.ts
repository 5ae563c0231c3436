import type { Message } from "../../telegram/types.js"
import { type MessageFilter, messageFilter } from "./filter.js"

/** A message in which a field is there. */
export type MessageWith<Field extends keyof Message> = Message & {
  [K in Field]: NonNullable<Message[K]>
}

/** Returns a filter of new messages that have this field of Telegram's. */
export function has<Field extends keyof Message>(field: Field): MessageFilter<MessageWith<Field>> {
  return messageFilter((message) => message[field] !== undefined)
}
