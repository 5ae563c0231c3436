/**
 * The type, chat, user, message, date and lane of an update, for every type of today and, as far as the
 * field names allow, for types that do not exist yet.
 *
 * @module
 */
import type { Chat, Message, Update, User } from "@grammyjs/types"
import type { UpdateType } from "./api.js"

/**
 * Which updates are handled one after the other: those of a chat, of a topic of a forum, of a user, or
 * those for which a function returns the same text.
 */
export type LaneRule = "chat" | "topic" | "user" | ((update: Update) => string)

/**
 * The types of queries that a person waits for, and that Telegram takes an answer to for seconds only.
 * They do not wait behind the messages of the person's private chat.
 */
const queryLanes: ReadonlyMap<string, string> = new Map<UpdateType, string>([
  ["pre_checkout_query", "checkout"],
  ["shipping_query", "checkout"],
  ["inline_query", "inline"],
  ["chosen_inline_result", "inline"],
])

/** The topic that a message stands in. */
interface Topical {
  readonly message_id?: number
  readonly is_topic_message?: boolean
  readonly message_thread_id?: number
  readonly direct_messages_topic?: { readonly topic_id?: number }
}

/** The fields that mean the same in all of Telegram's payloads. */
interface Payload extends Topical {
  readonly chat?: Chat
  readonly from?: User
  readonly user?: User
  readonly message?: { readonly chat?: Chat } & Topical
  readonly user_chat_id?: number
  readonly sender_business_bot?: User
  readonly poll_id?: string
  readonly date?: number
  readonly edit_date?: number
  readonly remove_date?: number
  readonly boost?: { readonly add_date?: number; readonly source?: { readonly user?: User } }
  readonly source?: { readonly user?: User }
}

/**
 * Returns the type of an update: the name of its one field next to `update_id`, also where this version
 * does not know the type yet. Returns `undefined` for an update without such a field.
 */
export function updateType(update: Update): UpdateType | undefined {
  for (const key in update) {
    if (key !== "update_id" && isObject(update[key as UpdateType])) return key as UpdateType
  }
  return undefined
}

/**
 * Returns the effective message of an update: the new or edited message or post that it brings, also of a
 * business account or a guest. Returns `undefined` for a press of a button, whose message is older.
 */
export function updateMessage(update: Update): Message | undefined {
  return (
    update.message ??
    update.edited_message ??
    update.channel_post ??
    update.edited_channel_post ??
    update.business_message ??
    update.edited_business_message ??
    update.guest_message
  )
}

/** Returns the chat in which an update happened; `undefined` where there is none, as with an inline query. */
export function updateChat(update: Update): Chat | undefined {
  const payload = updatePayload(update)
  return payload?.chat ?? payload?.message?.chat
}

/** Returns the user who caused an update; `undefined` where Telegram names none, as in a channel post. */
export function updateUser(update: Update): User | undefined {
  return userOf(updatePayload(update))
}

/**
 * Returns the time of an update's event, in seconds of Unix time; `undefined` where Telegram does not name
 * it, as with a press of a button, whose message may be old.
 */
export function updateDate(update: Update): number | undefined {
  const payload = updatePayload(update)
  const date =
    payload?.edit_date ?? payload?.date ?? payload?.remove_date ?? payload?.boost?.add_date
  return typeof date === "number" ? date : undefined
}

/**
 * Returns the lane of an update within its bot: updates of one lane are handled one after the other.
 *
 * A chat's lane is its id, and so is that of a user without a chat: a person's private chat and the
 * person's other updates stay in order. Each poll has a lane. The queries of a payment have one per
 * user, inline queries with the results chosen of them another: Telegram waits for their answers for
 * seconds, and a handler of a message may take longer. With `"topic"`, a topic of a forum or of a
 * channel's direct messages has a lane besides that of its chat.
 *
 * @param rule Default: `"chat"`.
 */
export function updateLane(update: Update, rule: LaneRule = "chat"): string {
  if (typeof rule === "function") return rule(update)
  const type = updateType(update)
  // Telegram's payloads differ per type; only fields that mean the same in all of them are read.
  const payload = type === undefined ? undefined : (update[type] as Payload)
  if (isId(payload?.poll_id)) return `poll:${payload.poll_id}`
  const user = userOf(payload)?.id
  const query = type && queryLanes.get(type)
  if (query !== undefined && isId(user)) return `${query}:${user}`
  const id = rule === "user" ? (user ?? chatId(payload)) : (chatId(payload) ?? user)
  if (isId(id)) return rule === "topic" ? `${id}${topicOf(payload)}` : String(id)
  if (isId(update.poll?.id)) return `poll:${update.poll.id}`
  return isId(type) ? `type:${type}` : "type:"
}

/** The general topic of a forum has no id, and shares the lane of its chat. */
function topicOf(payload: Payload | undefined): string {
  const found = payload?.chat ? payload : payload?.message
  const direct = found?.direct_messages_topic?.topic_id
  if (isId(direct)) return `:direct:${direct}`
  const thread = found?.message_thread_id
  // In a group without topics the thread is one of replies.
  const isTopic = found?.is_topic_message === true || found?.message_id === undefined
  return isTopic && isId(thread) ? `:${thread}` : ""
}

function chatId(payload: Payload | undefined): number | undefined {
  return payload?.chat?.id ?? payload?.message?.chat?.id ?? payload?.user_chat_id
}

function userOf(payload: Payload | undefined): User | undefined {
  return payload?.from ?? payload?.user ?? (payload?.boost ?? payload)?.source?.user
}

function updatePayload(update: Update): Payload | undefined {
  const type = updateType(update)
  // Telegram's payloads differ per type; only fields that mean the same in all of them are read.
  return type === undefined ? undefined : (update[type] as Payload)
}

/** A text that no id of Telegram's has, and that some stores cannot keep. */
const notAnId = /\0|\p{Surrogate}/u
const longestId = 128

/** Returns whether a value is an id: no field has been checked, and a queue has to store its lane. */
function isId(value: unknown): value is number | string {
  if (typeof value === "number") return true
  return typeof value === "string" && value.length <= longestId && !notAnId.test(value)
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}
