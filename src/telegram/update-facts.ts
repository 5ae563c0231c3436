/**
 * Functions that return the type, chat, user, message, date and lane of an update. They read only fields
 * that mean the same in all update types, and therefore also work for types that do not exist yet.
 *
 * @module
 */
import type { Chat, Message, Update, User } from "@grammyjs/types"
import type { UpdateType } from "./api.js"
import { ownContent } from "./own-update.js"

/**
 * The rule that divides updates into lanes. One lane holds the updates of a chat, of a topic, of a user, or
 * the updates for which the function returns the same string.
 */
export type LaneRule = "chat" | "topic" | "user" | ((update: Update) => string)

/**
 * The types of the queries with a lane for each user, and the prefixes of these lanes. Telegram accepts the
 * answer to a query for seconds only, so a query does not wait behind the messages of a private chat.
 */
const queryLanes: ReadonlyMap<string, string> = new Map([
  ["pre_checkout_query", "checkout"],
  ["shipping_query", "checkout"],
  ["inline_query", "inline"],
  ["chosen_inline_result", "inline"],
  ["widget_query", "widget"],
  ["shared_widget_query", "widget"],
])

/** The fields that name the topic of a message. */
interface Topical {
  readonly message_id?: number
  readonly is_topic_message?: boolean
  readonly message_thread_id?: number
  readonly direct_messages_topic?: { readonly topic_id?: number }
}

/** The fields that mean the same in all update types that have them. */
interface Payload extends Topical {
  readonly chat?: Chat
  readonly from?: User
  readonly user?: User
  readonly message?: { readonly chat?: Chat } & Topical
  readonly user_chat_id?: number
  readonly sender_business_bot?: User
  /** The chat in whose name a message was sent. */
  readonly sender_chat?: Chat
  /** The chat in whose name a reaction was set. */
  readonly actor_chat?: Chat
  /** The chat in whose name a vote was cast. */
  readonly voter_chat?: Chat
  readonly poll_id?: string
  /** The id of a join request whose answer Telegram awaits. */
  readonly query_id?: string
  readonly guest_query_id?: string
  readonly date?: number
  readonly edit_date?: number
  readonly remove_date?: number
  readonly boost?: { readonly add_date?: number; readonly source?: { readonly user?: User } }
  readonly source?: { readonly user?: User }
}

/**
 * Returns the type of an update: the name of its field next to `update_id`, even of a type newer than this
 * version. Returns `undefined` for an update without such a field.
 */
export function updateType(update: Update): UpdateType | undefined {
  for (const key in update) {
    if (key !== "update_id" && isObject(update[key as UpdateType])) return key as UpdateType
  }
  return undefined
}

/**
 * Returns the effective message of an update: its new or edited message or channel post, including those of a
 * business account or a guest. Returns `undefined` for a press of a button, whose message is an old one.
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

/** Returns the chat of an update; `undefined` for an update without a chat, such as an inline query. */
export function updateChat(update: Update): Chat | undefined {
  const payload = updatePayload(update)
  return payload?.chat ?? payload?.message?.chat
}

/** Returns the user who caused an update; `undefined` if Telegram names no user, as for a channel post. */
export function updateUser(update: Update): User | undefined {
  return userOf(updatePayload(update))
}

/**
 * Returns the chat in whose name an update was caused: the group of an anonymous administrator, the channel of
 * a post, or a channel that writes, reacts or votes under its own name. Returns `undefined` for a person.
 */
export function updateSenderChat(update: Update): Chat | undefined {
  const payload = updatePayload(update)
  return payload?.sender_chat ?? payload?.actor_chat ?? payload?.voter_chat
}

/**
 * Returns the Unix time of an update's event, in seconds. Returns `undefined` if Telegram sends no time,
 * as for a press of a button: the date of its message is not the time of the press.
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
 * The lane of an update with a chat is the id of the chat. The lane of an update without a chat is the id of
 * its user, which is also the id of the user's private chat, so that both stay in order. Each poll has a
 * lane. With `"topic"`, each topic of a forum or of a channel's direct messages has a lane. An own update
 * names its lane.
 *
 * A query has a lane of its own, because Telegram accepts its answer for seconds only and a handler of a
 * message may take longer: each user has one lane for the queries of payments, one for inline queries with
 * their chosen results, and one for widget queries. A guest message has a lane, and so has a join request
 * whose answer Telegram awaits.
 *
 * @param rule Default: `"chat"`.
 */
export function updateLane(update: Update, rule: LaneRule = "chat"): string {
  const own = ownContent(update)
  if (own) return own.lane
  if (typeof rule === "function") return rule(update)
  const type = updateType(update)
  const payload = payloadOf(update, type)
  if (isId(payload?.poll_id)) return `poll:${payload.poll_id}`
  const user = userOf(payload)?.id
  const query = queryLane(type, payload)
  if (query !== undefined) return query
  const id = rule === "user" ? (user ?? chatId(payload)) : (chatId(payload) ?? user)
  if (isId(id)) return rule === "topic" ? `${id}${topicSuffix(payload)}` : String(id)
  if (isId(update.poll?.id)) return `poll:${update.poll.id}`
  return isId(type) ? `type:${type}` : "type:"
}

/** Returns the lane of a query, to which Telegram accepts an answer for seconds only; otherwise `undefined`. */
function queryLane(type: UpdateType | undefined, payload: Payload | undefined): string | undefined {
  if (type === undefined) return undefined
  const user = userOf(payload)?.id
  const prefix = queryLanes.get(type)
  if (prefix !== undefined) return isId(user) ? `${prefix}:${user}` : undefined
  if (type === "guest_message" && isId(payload?.guest_query_id)) {
    return `guest:${payload.guest_query_id}`
  }
  const isJoinQuery = type === "chat_join_request" && isId(payload?.query_id)
  return isJoinQuery ? `join:${chatId(payload)}:${user}` : undefined
}

/** Returns the suffix of a topic's lane; an empty string for the general topic of a forum, which has no id. */
function topicSuffix(payload: Payload | undefined): string {
  const found = payload?.chat ? payload : payload?.message
  const direct = found?.direct_messages_topic?.topic_id
  if (isId(direct)) return `:direct:${direct}`
  const thread = found?.message_thread_id
  // In a group without topics, `message_thread_id` names a thread of replies, which has no lane of its own.
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
  return payloadOf(update, updateType(update))
}

function payloadOf(update: Update, type: UpdateType | undefined): Payload | undefined {
  // `Payload` has only fields that mean the same in all types, so the cast holds for each of them.
  return type === undefined ? undefined : (update[type] as Payload)
}

/** The characters that no id of Telegram has and that some stores refuse. */
const forbiddenInIds = /\0|\p{Surrogate}/u
/** The maximum length of an id, in characters. */
const maxIdLength = 128

/** Returns whether a value can be an id in the name of a lane, which queues store. Updates are unchecked. */
function isId(value: unknown): value is number | string {
  if (typeof value === "number") return true
  return typeof value === "string" && value.length <= maxIdLength && !forbiddenInIds.test(value)
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}
