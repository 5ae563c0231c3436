import type { Message } from "../../telegram/types.js"
import { type MessageFilter, messageFilter } from "./filter.js"

/** A message in which `Field` is present. */
export type MessageWith<Field extends keyof Message> = Message & {
  [K in Field]: NonNullable<Message[K]>
}

/** Returns a filter of the new messages in which this field of the Bot API's `Message` is present. */
export function has<Field extends keyof Message>(field: Field): MessageFilter<MessageWith<Field>> {
  return messageFilter((message) => message[field] !== undefined)
}
