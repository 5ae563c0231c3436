import type { UpdateType } from "./api.js"

// A record and not an array, so that the compiler reports a missing or misspelt type.
const typeRecord: Record<UpdateType, true> = {
  message: true,
  edited_message: true,
  channel_post: true,
  edited_channel_post: true,
  business_connection: true,
  business_message: true,
  edited_business_message: true,
  deleted_business_messages: true,
  guest_message: true,
  stopped_message_generation: true,
  message_reaction: true,
  message_reaction_count: true,
  inline_query: true,
  chosen_inline_result: true,
  callback_query: true,
  shipping_query: true,
  pre_checkout_query: true,
  purchased_paid_media: true,
  poll: true,
  poll_answer: true,
  my_chat_member: true,
  chat_member: true,
  chat_join_request: true,
  chat_boost: true,
  removed_chat_boost: true,
  managed_bot: true,
  subscription: true,
  widget_query: true,
  shared_widget_query: true,
}

/**
 * All update types of Bot API 10.5.
 *
 * @see https://core.telegram.org/bots/api#update
 */
export const updateTypes: readonly UpdateType[] = Object.keys(typeRecord) as UpdateType[]

/** The update types that Telegram sends only to a bot that names them in `allowed_updates`. */
export const optInUpdateTypes: readonly UpdateType[] = [
  "chat_member",
  "message_reaction",
  "message_reaction_count",
]
