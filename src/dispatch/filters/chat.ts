import type { MessageType } from "../../telegram/api.js"
import type { Chat, Message, Update } from "../../telegram/types.js"
import { updateChat } from "../../telegram/update-facts.js"
import { type Filter, type MessageFilter, messageFilter, orNothing } from "./filter.js"
import { identitySet } from "./identity-set.js"

/** The message fields of an update, with the chat narrowed to `C`. An update has at most one such field. */
type MessagesIn<C> = { [T in MessageType]?: Message & { chat: C } }

/** Updates of any type (messages, presses of buttons, reactions, …) in chats of one of these types. */
export function chatType<T extends Chat["type"]>(
  ...types: readonly T[]
): (update: Update) => update is Update & MessagesIn<Extract<Chat, { type: T }>> {
  const chatTypes = new Set<unknown>(types)
  return orNothing(types, (update): update is Update & MessagesIn<Extract<Chat, { type: T }>> =>
    chatTypes.has(updateChat(update)?.type),
  )
}

/** Updates of any type in groups and supergroups. */
export const groups: ReturnType<typeof chatType<"group" | "supergroup">> = chatType(
  "group",
  "supergroup",
)

/**
 * Updates of any type in one of these chats, each named by its id (as a number or a string) or
 * `@username`. Without arguments, the filter accepts nothing.
 */
export function chat(...chats: readonly (number | string)[]): Filter {
  const isListed = identitySet(chats)
  return orNothing(chats, (update) => isListed(updateChat(update)))
}

/** Updates of any type in forums: supergroups with topics. */
export const forum: Filter = (update) => {
  const chat: { readonly is_forum?: boolean | undefined } | undefined = updateChat(update)
  return chat?.is_forum === true
}

/** Messages in one of the forum topics with these ids. Without arguments, in any topic. */
export function topic(
  ...ids: readonly number[]
): MessageFilter<Message & { is_topic_message: true; message_thread_id: number }> {
  return messageFilter(({ is_topic_message: isInTopic, message_thread_id: id }) => {
    if (isInTopic !== true || id === undefined) return false
    return ids.length === 0 || ids.includes(id)
  })
}

/** Messages in one of these topics of a channel's direct messages. Without arguments, in any. */
export function directMessagesTopic(
  ...ids: readonly number[]
): MessageFilter<Message & Required<Pick<Message, "direct_messages_topic">>> {
  return messageFilter(({ direct_messages_topic: topic }) => {
    if (!topic) return false
    return ids.length === 0 || ids.includes(topic.topic_id)
  })
}
