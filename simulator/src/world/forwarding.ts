import type { Message, MessageOrigin } from "@grammyjs/types"
import { isService } from "./service-messages.js"
import type { MessageContent } from "./world.js"

/** Returns whether Telegram lets a message be forwarded or copied. */
export function isForwardable(message: Message): boolean {
  const isFree = message.has_protected_content !== true && message.invoice === undefined
  return isFree && !isService(message)
}

/** Returns the content of a message without its place, date, reply and keyboard. */
export function movableContent(message: Message): MessageContent {
  const { message_id: _, from: __, chat: ___, date: ____, ...content } = message
  const { reply_to_message: _____, reply_markup: ______, edit_date: _______, ...rest } = content
  const {
    message_thread_id: _a,
    is_topic_message: _b,
    sender_chat: _c,
    via_bot: _d,
    direct_messages_topic: _e,
    suggested_post_info: _f,
    ...kept
  } = rest
  return kept
}

/** Returns the origin of a message for its forwarded copies. */
export function originOf({ from, chat, date, message_id }: Message): MessageOrigin {
  if (chat.type === "channel") return { type: "channel", chat, message_id, date }
  if (from !== undefined) return { type: "user", sender_user: from, date }
  return { type: "chat", sender_chat: chat, date }
}

/**
 * Returns the origin fields of a forwarded message. In addition to `forward_origin`, Telegram's
 * server still writes the fields from before 2023, which older frameworks read.
 */
export function forwardedFrom(message: Message): MessageContent {
  const forward_origin = message.forward_origin ?? originOf(message)
  // The types lack the fields from before 2023.
  return { forward_origin, ...formerFields(forward_origin) }
}

function formerFields(origin: MessageOrigin): object {
  const forward_date = origin.date
  switch (origin.type) {
    case "user":
      return { forward_from: origin.sender_user, forward_date }
    case "hidden_user":
      return { forward_sender_name: origin.sender_user_name, forward_date }
    case "chat":
      return { forward_from_chat: origin.sender_chat, ...signature(origin), forward_date }
    case "channel":
      return {
        forward_from_chat: origin.chat,
        forward_from_message_id: origin.message_id,
        ...signature(origin),
        forward_date,
      }
  }
}

function signature({ author_signature }: { author_signature?: string }): object {
  return author_signature === undefined ? {} : { forward_signature: author_signature }
}
