import { isMessageMethod } from "../call-subject.js"

/** A call that counts against Telegram's limits for messages. */
export interface LimitedCall {
  /** The id of the chat; `undefined` for an inline message. */
  readonly chat: string | undefined
  /** Whether the chat may be a group or a channel. */
  readonly isGroup: boolean
  /** The number of messages of the call. */
  readonly messages: number
  /** Whether the call is paid for, so that a higher limit applies to the whole bot. */
  readonly isPaid: boolean
}

/** Returns the facts of a call that the limits need; `undefined` for a call that sends and changes no message. */
export function limitedCall(
  method: string,
  fields: Readonly<Record<string, unknown>>,
): LimitedCall | undefined {
  if (!isMessageMethod(method)) return undefined
  const { chat_id: chatId, media, message_ids: ids, allow_paid_broadcast: isPaid } = fields
  const chat = typeof chatId === "number" || typeof chatId === "string" ? String(chatId) : undefined
  return {
    chat,
    // A name such as `@news` belongs to a group or a channel, unlike the positive id of a person.
    isGroup: chat !== undefined && !/^\d+$/.test(chat),
    messages: Math.max(1, lengthOf(media), lengthOf(ids)),
    isPaid: isPaid === true,
  }
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}
