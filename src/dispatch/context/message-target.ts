import type { Chat, Message, Update } from "../../telegram/types.js"

/** Where a message goes so that it lands where the update came from. */
export interface Place {
  readonly chat_id: number
  readonly business_connection_id?: string
  readonly message_thread_id?: number
  readonly direct_messages_topic_id?: number
}

/** A message of a chat. */
export interface ChatMessageTarget {
  readonly chat_id: number
  readonly message_id: number
  readonly business_connection_id?: string
}

/** A message that was sent through the bot in inline mode. */
export interface InlineMessageTarget {
  readonly inline_message_id: string
}

/** What was found of a message; which of its fields are there is Telegram's choice. */
type Found = Partial<Message> & { readonly chat: Chat; readonly message_id: number }

/** Where an answer to an update goes. */
export function placeOf(method: string, update: Update, chat: Chat | undefined): Place {
  if (update.guest_message) {
    throw missing(method, update, "a chat to write to", ": answer a guest with ctx.answer()")
  }
  const chatId = chat?.id ?? update.business_connection?.user_chat_id
  if (chatId === undefined) throw missing(method, update, "a chat")
  const message = messageOf(update)
  const { business_connection_id: connection = update.business_connection?.id } = message ?? {}
  const topic = message?.direct_messages_topic?.topic_id
  // In a group without topics the thread is one of replies, which nothing can be sent to.
  const thread = message?.is_topic_message
    ? message.message_thread_id
    : update.stopped_message_generation?.message_thread_id
  return {
    chat_id: chatId,
    ...(connection !== undefined && { business_connection_id: connection }),
    ...(thread !== undefined && { message_thread_id: thread }),
    ...(topic !== undefined && { direct_messages_topic_id: topic }),
  }
}

/** The message an update is about, in its chat. */
export function chatMessageOf(method: string, update: Update): ChatMessageTarget {
  const message = messageOf(update) ?? update.message_reaction ?? update.message_reaction_count
  if (!message) throw missing(method, update, "a message of a chat")
  const connection =
    "business_connection_id" in message ? message.business_connection_id : undefined
  return {
    chat_id: message.chat.id,
    message_id: message.message_id,
    ...(connection !== undefined && { business_connection_id: connection }),
  }
}

/** The message an update is about, be it one of a chat or one sent in inline mode. */
export function anyMessageOf(
  method: string,
  update: Update,
): ChatMessageTarget | InlineMessageTarget {
  const id =
    update.callback_query?.inline_message_id ?? update.chosen_inline_result?.inline_message_id
  return id === undefined ? chatMessageOf(method, update) : { inline_message_id: id }
}

/** The error of a method that lacks what it has to fill in. */
export function missing(method: string, update: Update, what: string, advice = ""): TypeError {
  const type = Object.keys(update).find((key) => key !== "update_id") ?? "of no type"
  return new TypeError(
    `ctx.${method}() needs ${what}, which this update (${type}) does not have${advice}.`,
  )
}

function messageOf(update: Update): Found | undefined {
  return (
    update.message ??
    update.edited_message ??
    update.channel_post ??
    update.edited_channel_post ??
    update.business_message ??
    update.edited_business_message ??
    update.guest_message ??
    update.callback_query?.message
  )
}
