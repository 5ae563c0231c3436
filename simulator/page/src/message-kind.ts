import type { Message } from "../../../src/telegram/types.js"
import { moneyOf } from "./money.js"

const always = new Set(
  (
    "message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count " +
    "sender_business_bot business_connection_id date edit_date chat forward_origin " +
    "is_topic_message is_automatic_forward reply_to_message external_reply quote reply_to_story " +
    "reply_to_checklist_task_id via_bot has_protected_content is_from_offline is_paid_post " +
    "media_group_id author_signature paid_star_count reply_markup link_preview_options effect_id " +
    "caption caption_entities show_caption_above_media has_media_spoiler entities " +
    "forward_from forward_from_chat forward_from_message_id forward_signature " +
    "forward_sender_name forward_date"
  ).split(" "),
)

/** Returns the name of the field with a message's content: `text`, `photo`, … */
export function messageKind(message: Message): string {
  // An animation also has the field `document`.
  const names = Object.keys(message).filter((name) => !always.has(name))
  return names.find((name) => name !== "document") ?? names[0] ?? "message"
}

/** Returns a message as one line, for the list of chats and for quotes. */
export function summary(message: Message): string {
  const { text, caption } = message
  if (text !== undefined) return text
  const service = serviceText(message)
  if (service !== undefined) return service
  const kind = messageKind(message)
  const name = (kinds[kind] ?? kind.replaceAll("_", " ")).trim()
  return caption === undefined ? name : `${name}: ${caption}`
}

const kinds: Readonly<Record<string, string>> = {
  photo: "Photo",
  document: "File",
  audio: "Audio",
  voice: "Voice message",
  video: "Video",
  video_note: "Video message",
  animation: "GIF",
  sticker: "Sticker",
  location: "Location",
  venue: "Place",
  contact: "Contact",
  poll: "Poll",
  dice: "Dice",
  invoice: "Invoice",
  game: "Game",
  widget: "Widget",
  rich_message: "Formatted message",
}

/** Returns the line of a service message; `undefined` for a message that a person or bot wrote. */
export function serviceText(message: Message): string | undefined {
  const who = message.from?.first_name ?? "Somebody"
  const { new_chat_members: joined, left_chat_member: left, pinned_message: pinned } = message
  if (joined) return `${joined.map((user) => user.first_name).join(", ")} joined`
  if (left) return `${left.first_name} left`
  if (pinned) return `${who} pinned a message`
  if (message.new_chat_title) return `${who} named the chat “${message.new_chat_title}”`
  const { forum_topic_created: topic, forum_topic_edited: renamed } = message
  if (topic) return `${who} created the topic “${topic.name}”`
  if (renamed?.name !== undefined) return `${who} named the topic “${renamed.name}”`
  if (message.forum_topic_closed) return `${who} closed the topic`
  if (message.forum_topic_reopened) return `${who} reopened the topic`
  if (message.general_forum_topic_hidden) return `${who} hid the general topic`
  if (message.general_forum_topic_unhidden) return `${who} showed the general topic`
  if (message.migrate_from_chat_id) return "The group became a supergroup"
  if (message.successful_payment) return `${who} paid ${moneyOf(message.successful_payment)}`
  const kind = messageKind(message)
  return /_created$|^(new|delete)_chat|^migrate|_(shared|allowed|started|ended|edited)$/.test(kind)
    ? kind.replaceAll("_", " ")
    : undefined
}
