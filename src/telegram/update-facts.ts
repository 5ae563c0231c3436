/**
 * What an update is about: its type, chat, user and lane, for every type of today and, as far as
 * the field names allow, for types that do not exist yet.
 *
 * @module
 */
import type { Chat, Message, Update, User } from "@grammyjs/types"
import type { UpdateType } from "./api.js"

/** Which updates are handled one after the other: those of a chat, of a user, or as a function says. */
export type LaneRule = "chat" | "user" | ((update: Update) => string)

/** The fields that Telegram uses, in all payloads, for the chat, the user and what holds them. */
interface Payload {
  readonly chat?: Chat
  readonly from?: User
  readonly user?: User
  readonly message?: { readonly chat?: Chat }
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
 * The type of an update: the name of its one field beside `update_id`, also where this version does
 * not know the type yet. `undefined` for an update that has no such field.
 */
export function updateType(update: Update): UpdateType | undefined {
  for (const key in update) {
    if (key !== "update_id" && isObject(update[key as UpdateType])) return key as UpdateType
  }
  return undefined
}

/**
 * The effective message of an update: the new or edited message or post that it brings, also of a
 * business account or a guest. `undefined` for a press of a button, whose message is older.
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

/** The chat an update happened in; `undefined` where there is none, as with an inline query. */
export function updateChat(update: Update): Chat | undefined {
  const payload = updatePayload(update)
  return payload?.chat ?? payload?.message?.chat
}

/** The user who caused an update; `undefined` where Telegram names none, as in a channel post. */
export function updateUser(update: Update): User | undefined {
  const payload = updatePayload(update)
  return payload?.from ?? payload?.user ?? (payload?.boost ?? payload)?.source?.user
}

/**
 * When what an update tells of happened, in seconds of Unix time; `undefined` where Telegram does not
 * say it, as with a press of a button, whose message may be old.
 */
export function updateDate(update: Update): number | undefined {
  const payload = updatePayload(update)
  const date =
    payload?.edit_date ?? payload?.date ?? payload?.remove_date ?? payload?.boost?.add_date
  return typeof date === "number" ? date : undefined
}

/**
 * The lane of an update within its bot: updates of one lane are handled one after the other.
 * A chat's lane is its id, and so is that of a user without a chat, so that what a person does in
 * a private chat and outside of it stays in order. Polls have a lane each.
 *
 * @param rule `"chat"` by default
 */
export function updateLane(update: Update, rule: LaneRule = "chat"): string {
  if (typeof rule === "function") return rule(update)
  const payload = updatePayload(update)
  if (isId(payload?.poll_id)) return `poll:${payload.poll_id}`
  const id =
    rule === "chat" ? (chatId(payload) ?? userId(update)) : (userId(update) ?? chatId(payload))
  if (isId(id)) return String(id)
  if (isId(update.poll?.id)) return `poll:${update.poll.id}`
  const type = updateType(update)
  return isId(type) ? `type:${type}` : "type:"
}

function chatId(payload: Payload | undefined): number | undefined {
  return payload?.chat?.id ?? payload?.message?.chat?.id ?? payload?.user_chat_id
}

function userId(update: Update): number | undefined {
  return updateUser(update)?.id
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
