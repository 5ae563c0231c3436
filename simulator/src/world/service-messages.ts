import type { Message } from "@grammyjs/types"

// A bot also gets an update of these if it caused them itself.
const toldToTheActor = [
  "new_chat_title",
  "new_chat_photo",
  "delete_chat_photo",
  "left_chat_member",
  "pinned_message",
  "forum_topic_created",
  "forum_topic_edited",
  "forum_topic_closed",
  "forum_topic_reopened",
  "general_forum_topic_hidden",
  "general_forum_topic_unhidden",
] as const satisfies readonly (keyof Message)[]

const kinds: readonly (keyof Message)[] = [
  ...toldToTheActor,
  "new_chat_members",
  "group_chat_created",
  "supergroup_chat_created",
  "channel_chat_created",
  "migrate_to_chat_id",
  "migrate_from_chat_id",
  "successful_payment",
  "refunded_payment",
  "gift",
  "checklist_tasks_done",
  "users_shared",
  "chat_shared",
  "managed_bot_created",
  "boost_added",
  "message_auto_delete_timer_changed",
  "video_chat_scheduled",
  "video_chat_started",
  "video_chat_participants_invited",
  "video_chat_ended",
  "web_app_data",
  "write_access_allowed",
  "suggested_post_approved",
  "suggested_post_approval_failed",
  "suggested_post_declined",
  "poll_option_added",
  "poll_option_deleted",
]

/** Returns true for a service message. */
export function isService(message: Partial<Message>): boolean {
  if (message.text !== undefined) return false
  return kinds.some((kind) => message[kind] !== undefined)
}

/** Returns true if a bot gets an update of this message even if it caused it. */
export function isToldToActor(message: Partial<Message>): boolean {
  return toldToTheActor.some((kind) => message[kind] !== undefined)
}
