import type { Chat, MessageOrigin, User } from "../../telegram/types.js"
import { type MessageFilter, messageFilter, orNothing } from "./filter.js"
import { identitySet } from "./identity-set.js"
import { has, type MessageWith } from "./has.js"

/** Replies to another message of the chat. */
export const reply: MessageFilter<MessageWith<"reply_to_message">> = has("reply_to_message")

/** Replies to a message of another chat or topic. */
export const externalReply: MessageFilter<MessageWith<"external_reply">> = has("external_reply")

/** Replies to a story. */
export const storyReply: MessageFilter<MessageWith<"reply_to_story">> = has("reply_to_story")

/** Forwarded messages. */
export const forwarded: MessageFilter<MessageWith<"forward_origin">> = has("forward_origin")

/**
 * Messages that were first sent by one of these users, chats or channels, each named by its id or
 * `@username`, and then forwarded. A user who hides the account in forwarded messages has neither an id nor a
 * username there: the name, as in `"Ada L."`, is `ctx.message.forward_origin.sender_user_name`. Without
 * arguments, the filter accepts nothing.
 */
export function forwardedFrom(
  ...senders: readonly (number | string)[]
): MessageFilter<MessageWith<"forward_origin">> {
  const isListed = identitySet(senders)
  return orNothing(
    senders,
    messageFilter(({ forward_origin: origin }) => isListed(origin && originOf(origin))),
  )
}

function originOf(origin: MessageOrigin): User | Chat | undefined {
  switch (origin.type) {
    case "user":
      return origin.sender_user
    case "chat":
      return origin.sender_chat
    case "channel":
      return origin.chat
    default:
      return undefined
  }
}

/** Channel posts that Telegram forwarded automatically to the channel's discussion group. */
export const automaticForward: MessageFilter<MessageWith<"is_automatic_forward">> =
  has("is_automatic_forward")

/** Messages of an album. */
export const mediaGroup: MessageFilter<MessageWith<"media_group_id">> = has("media_group_id")

/** Messages that cannot be forwarded. */
export const hasProtectedContent: MessageFilter<MessageWith<"has_protected_content">> =
  has("has_protected_content")

/** Media under a spoiler. */
export const hasMediaSpoiler: MessageFilter<MessageWith<"has_media_spoiler">> =
  has("has_media_spoiler")

/** Messages with a message effect. */
export const effect: MessageFilter<MessageWith<"effect_id">> = has("effect_id")

/** Posts that were paid for. */
export const paidPost: MessageFilter<MessageWith<"is_paid_post">> = has("is_paid_post")

/** Messages sent while their sender was away: scheduled messages, greetings, away messages. */
export const fromOffline: MessageFilter<MessageWith<"is_from_offline">> = has("is_from_offline")

/** Messages with any attachment: photos, videos, files, voice messages, contacts, polls, … */
export const attachment: MessageFilter = messageFilter((message) =>
  attachmentFields.some((field) => message[field] !== undefined),
)

const attachmentFields = [
  "animation",
  "audio",
  "contact",
  "dice",
  "document",
  "game",
  "invoice",
  "live_photo",
  "location",
  "paid_media",
  "passport_data",
  "photo",
  "poll",
  "sticker",
  "story",
  "successful_payment",
  "venue",
  "video",
  "video_note",
  "voice",
] as const
