import type { Chat, Message } from "../../telegram/types.js"
import { type MessageFilter, messageFilter } from "./filter.js"
import { identitySet } from "./identity-set.js"

/** Messages in a chat of one of these types. */
export function chatType<T extends Chat["type"]>(
  ...types: readonly T[]
): MessageFilter<Message & { chat: Extract<Chat, { type: T }> }> {
  const wanted = new Set<string>(types)
  return messageFilter(({ chat: { type } }) => wanted.has(type))
}

/** Messages in groups and supergroups. */
export const groups: ReturnType<typeof chatType<"group" | "supergroup">> = chatType(
  "group",
  "supergroup",
)

/**
 * Messages in one of these chats, named by id (as a number or a text) or `@username`; with none named
 * it wants nothing.
 */
export function chat(...chats: readonly (number | string)[]): MessageFilter {
  const isWanted = identitySet(chats)
  return messageFilter((message) => isWanted(message.chat))
}

/** Messages in forums: supergroups with topics. */
export const forum: MessageFilter = messageFilter(
  (message) => "is_forum" in message.chat && message.chat.is_forum === true,
)

/** Messages in a topic: in any, or in one of those with these ids. */
export function topic(
  ...ids: readonly number[]
): MessageFilter<Message & { is_topic_message: true; message_thread_id: number }> {
  return messageFilter(({ is_topic_message: isInTopic, message_thread_id: id }) => {
    if (isInTopic !== true || id === undefined) return false
    return ids.length === 0 || ids.includes(id)
  })
}

/** Messages of one topic of a channel's direct messages, or of any. */
export function directMessagesTopic(
  ...ids: readonly number[]
): MessageFilter<Message & Required<Pick<Message, "direct_messages_topic">>> {
  return messageFilter(({ direct_messages_topic: found }) => {
    if (!found) return false
    return ids.length === 0 || ids.includes(found.topic_id)
  })
}
