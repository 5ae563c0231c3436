import { ownValue } from "../ground/own-value.js"
import type { SubQueueId } from "./event-queue.js"

/** The expiry of an update, and its sub-queue of webhook delivery. */
export interface Lifetime {
  /** The expiry, as Unix time in seconds. */
  readonly expiresAt: number
  readonly subQueue: SubQueueId
}

/** The payload fields that determine expiry and sub-queue. */
interface Payload {
  readonly id?: string | number
  readonly poll_id?: string
  readonly date?: number
  readonly edit_date?: number
  readonly remove_date?: number
  readonly boost?: { readonly add_date?: number }
  readonly chat?: { readonly id: number }
  readonly from?: { readonly id: number }
  readonly user?: { readonly id: number }
  readonly new_chat_member?: { readonly user?: { readonly id: number } }
}

const day = 86_400

type Rule = (payload: Payload, now: number) => Lifetime

const message: Rule = (payload, now) => ({
  expiresAt: (payload.edit_date ?? payload.date ?? now) + day,
  subQueue: chat(payload),
})

const rules: Readonly<Record<string, Rule>> = {
  message,
  edited_message: message,
  channel_post: message,
  edited_channel_post: message,
  business_message: dated(chat, 11),
  edited_business_message: dated(chat, 11),
  deleted_business_messages: lasting(day, chat, 11),
  guest_message: dated(chat, 12),
  inline_query: lasting(30, user, 1),
  chosen_inline_result: lasting(600, user, 2),
  callback_query: lasting(150, user, 3),
  shipping_query: lasting(150, user, 4),
  pre_checkout_query: lasting(150, user, 4),
  my_chat_member: dated(chat, 5),
  chat_member: dated((payload) => payload.new_chat_member?.user?.id ?? user(payload), 6),
  chat_join_request: dated(user, 6),
  chat_boost: dated(chat, 7),
  removed_chat_boost: dated(chat, 7),
  message_reaction: dated(chat, 8),
  message_reaction_count: dated(chat, 9),
  business_connection: lasting(day, user, 10),
  purchased_paid_media: lasting(day, user, 12),
  managed_bot: lasting(day, user, 13),
  // The source code of a server with widgets was not at hand: 15 s is the time for the answer.
  widget_query: lasting(15, user, 14),
  shared_widget_query: lasting(15, user, 14),
  poll: (payload, now) => ({ expiresAt: now + day, subQueue: poll(payload.id) }),
  poll_answer: (payload, now) => ({ expiresAt: now + day, subQueue: poll(payload.poll_id) }),
}

/**
 * Returns the expiry and the sub-queue of an update, by Telegram's rules.
 *
 * @param now Unix time in seconds
 */
export function lifetime(type: string, payload: object, now: number): Lifetime {
  const rule = ownValue(rules, type)
  return rule === undefined ? { expiresAt: now + day, subQueue: 0 } : rule(payload, now)
}

function dated(owner: (payload: Payload) => number, shift: number): Rule {
  return (payload, now) => ({
    expiresAt: created(payload, now) + day,
    subQueue: owner(payload) + shifted(shift),
  })
}

function lasting(seconds: number, owner: (payload: Payload) => number, shift: number): Rule {
  return (payload, now) => ({ expiresAt: now + seconds, subQueue: owner(payload) + shifted(shift) })
}

function created(payload: Payload, now: number): number {
  const { edit_date, date, remove_date, boost } = payload
  return edit_date ?? date ?? remove_date ?? boost?.add_date ?? now
}

function shifted(shift: number): number {
  return shift * 2 ** 33
}

function chat(payload: Payload): number {
  return payload.chat?.id ?? 0
}

function user(payload: Payload): number {
  return payload.from?.id ?? payload.user?.id ?? 0
}

// Ids of polls have 64 bits.
function poll(id: string | number | undefined): SubQueueId {
  const text = String(id ?? 0)
  if (!/^-?\d+$/.test(text)) return 0
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
}
