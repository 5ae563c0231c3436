import type { MessageType } from "../../telegram/api.js"
import type { Chat, Message, Update } from "../../telegram/types.js"
import { updateChat } from "../../telegram/update-facts.js"
import { type Filter, type MessageFilter, messageFilter } from "./filter.js"
import { identitySet } from "./identity-set.js"

/** The messages of an update, whichever of them it has, in a chat `C`. */
type MessagesIn<C> = { [T in MessageType]?: Message & { chat: C } }

/** Updates of any type in a chat of one of these types: messages, presses of buttons, reactions, … */
export function chatType<T extends Chat["type"]>(
  ...types: readonly T[]
): (update: Update) => update is Update & MessagesIn<Extract<Chat, { type: T }>> {
  const wanted = new Set<unknown>(types)
  return (update): update is Update & MessagesIn<Extract<Chat, { type: T }>> =>
    wanted.has(updateChat(update)?.type)
}

/** Updates of any type in groups and supergroups. */
export const groups: ReturnType<typeof chatType<"group" | "supergroup">> = chatType(
  "group",
  "supergroup",
)

/**
 * Updates of any type in one of these chats, named by id (as a number or a text) or `@username`; with
 * none named it wants nothing.
 */
export function chat(...chats: readonly (number | string)[]): Filter {
  const isWanted = identitySet(chats)
  return (update) => isWanted(updateChat(update))
}

/** Updates of any type in forums: supergroups with topics. */
export const forum: Filter = (update) => {
  const chat: { readonly is_forum?: boolean | undefined } | undefined = updateChat(update)
  return chat?.is_forum === true
}

/** Messages in a topic: in any topic, or in one with these ids. */
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
