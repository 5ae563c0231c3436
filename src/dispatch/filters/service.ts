/**
 * Filters of service messages: messages without a sender's text, in which Telegram reports an event.
 *
 * @module
 */
import type { Message } from "../../telegram/types.js"
import { type MessageFilter, messageFilter } from "./filter.js"
import { has, type MessageWith } from "./has.js"

/** Service message: users who joined a group. */
export const newChatMembers: MessageFilter<MessageWith<"new_chat_members">> =
  has("new_chat_members")

/** Service message: a user who left a group. */
export const leftChatMember: MessageFilter<MessageWith<"left_chat_member">> =
  has("left_chat_member")

/** Service message: a new title of the chat. */
export const newChatTitle: MessageFilter<MessageWith<"new_chat_title">> = has("new_chat_title")

/** Service message: a new photo of the chat. */
export const newChatPhoto: MessageFilter<MessageWith<"new_chat_photo">> = has("new_chat_photo")

/** Service message: the deletion of the chat's photo. */
export const deleteChatPhoto: MessageFilter<MessageWith<"delete_chat_photo">> =
  has("delete_chat_photo")

/** Service message: the creation of a group. */
export const groupChatCreated: MessageFilter<MessageWith<"group_chat_created">> =
  has("group_chat_created")

/** Service message: the creation of a supergroup. */
export const supergroupChatCreated: MessageFilter<MessageWith<"supergroup_chat_created">> =
  has("supergroup_chat_created")

/** Service message: the creation of a channel. */
export const channelChatCreated: MessageFilter<MessageWith<"channel_chat_created">> =
  has("channel_chat_created")

/** Service message: a change of the time after which messages are deleted. */
export const messageAutoDeleteTimerChanged: MessageFilter<
  MessageWith<"message_auto_delete_timer_changed">
> = has("message_auto_delete_timer_changed")

/** Service message: the migration of this group to a supergroup. */
export const migrateToChatId: MessageFilter<MessageWith<"migrate_to_chat_id">> =
  has("migrate_to_chat_id")

/** Service message: the migration of a group to this supergroup. */
export const migrateFromChatId: MessageFilter<MessageWith<"migrate_from_chat_id">> =
  has("migrate_from_chat_id")

/** Service message: a message that was pinned. */
export const pinnedMessage: MessageFilter<MessageWith<"pinned_message">> = has("pinned_message")

/** Service message: a payment that has succeeded. */
export const successfulPayment: MessageFilter<MessageWith<"successful_payment">> =
  has("successful_payment")

/** Service message: a payment that was refunded. */
export const refundedPayment: MessageFilter<MessageWith<"refunded_payment">> =
  has("refunded_payment")

/** Service message: users that were shared with the bot. */
export const usersShared: MessageFilter<MessageWith<"users_shared">> = has("users_shared")

/** Service message: a chat that was shared with the bot. */
export const chatShared: MessageFilter<MessageWith<"chat_shared">> = has("chat_shared")

/** Service message: a gift. */
export const gift: MessageFilter<MessageWith<"gift">> = has("gift")

/** Service message: a paid upgrade of a gift. */
export const giftUpgradeSent: MessageFilter<MessageWith<"gift_upgrade_sent">> =
  has("gift_upgrade_sent")

/** Service message: a unique gift. */
export const uniqueGift: MessageFilter<MessageWith<"unique_gift">> = has("unique_gift")

/** Service message: a website on which the user has logged in. */
export const connectedWebsite: MessageFilter<MessageWith<"connected_website">> =
  has("connected_website")

/** Service message: the user's permission for the bot to write messages. */
export const writeAccessAllowed: MessageFilter<MessageWith<"write_access_allowed">> =
  has("write_access_allowed")

/** Service message: Telegram Passport data. */
export const passportData: MessageFilter<MessageWith<"passport_data">> = has("passport_data")

/** Service message: a user who came close to another user, as watched by a proximity alert. */
export const proximityAlertTriggered: MessageFilter<MessageWith<"proximity_alert_triggered">> = has(
  "proximity_alert_triggered",
)

/** Service message: a boost of the chat. */
export const boostAdded: MessageFilter<MessageWith<"boost_added">> = has("boost_added")

/** Service message: a new background of the chat. */
export const chatBackgroundSet: MessageFilter<MessageWith<"chat_background_set">> =
  has("chat_background_set")

/** Service message: tasks of a checklist that were marked as done or not done. */
export const checklistTasksDone: MessageFilter<MessageWith<"checklist_tasks_done">> =
  has("checklist_tasks_done")

/** Service message: tasks that were added to a checklist. */
export const checklistTasksAdded: MessageFilter<MessageWith<"checklist_tasks_added">> =
  has("checklist_tasks_added")

/** Service message: a new price of a channel's direct messages. */
export const directMessagePriceChanged: MessageFilter<MessageWith<"direct_message_price_changed">> =
  has("direct_message_price_changed")

/** Service message: a new price of paid messages. */
export const paidMessagePriceChanged: MessageFilter<MessageWith<"paid_message_price_changed">> =
  has("paid_message_price_changed")

/** Service message: the creation of a topic. */
export const forumTopicCreated: MessageFilter<MessageWith<"forum_topic_created">> =
  has("forum_topic_created")

/** Service message: a change of a topic. */
export const forumTopicEdited: MessageFilter<MessageWith<"forum_topic_edited">> =
  has("forum_topic_edited")

/** Service message: a topic that was closed. */
export const forumTopicClosed: MessageFilter<MessageWith<"forum_topic_closed">> =
  has("forum_topic_closed")

/** Service message: a topic that was opened again. */
export const forumTopicReopened: MessageFilter<MessageWith<"forum_topic_reopened">> =
  has("forum_topic_reopened")

/** Service message: the hiding of the topic "General". */
export const generalForumTopicHidden: MessageFilter<MessageWith<"general_forum_topic_hidden">> =
  has("general_forum_topic_hidden")

/** Service message: the unhiding of the topic "General". */
export const generalForumTopicUnhidden: MessageFilter<MessageWith<"general_forum_topic_unhidden">> =
  has("general_forum_topic_unhidden")

/** Service message: the creation of a giveaway. */
export const giveawayCreated: MessageFilter<MessageWith<"giveaway_created">> =
  has("giveaway_created")

/** Service message: the end of a giveaway without public winners. */
export const giveawayCompleted: MessageFilter<MessageWith<"giveaway_completed">> =
  has("giveaway_completed")

/** Service message: a video chat that was scheduled. */
export const videoChatScheduled: MessageFilter<MessageWith<"video_chat_scheduled">> =
  has("video_chat_scheduled")

/** Service message: the start of a video chat. */
export const videoChatStarted: MessageFilter<MessageWith<"video_chat_started">> =
  has("video_chat_started")

/** Service message: the end of a video chat. */
export const videoChatEnded: MessageFilter<MessageWith<"video_chat_ended">> =
  has("video_chat_ended")

/** Service message: users who were invited to a video chat. */
export const videoChatParticipantsInvited: MessageFilter<
  MessageWith<"video_chat_participants_invited">
> = has("video_chat_participants_invited")

/** Service message: data that a Web App has sent. */
export const webAppData: MessageFilter<MessageWith<"web_app_data">> = has("web_app_data")

/** Service message: a suggested post that was approved. */
export const suggestedPostApproved: MessageFilter<MessageWith<"suggested_post_approved">> =
  has("suggested_post_approved")

/** Service message: a suggested post whose approval failed. */
export const suggestedPostApprovalFailed: MessageFilter<
  MessageWith<"suggested_post_approval_failed">
> = has("suggested_post_approval_failed")

/** Service message: a suggested post that was declined. */
export const suggestedPostDeclined: MessageFilter<MessageWith<"suggested_post_declined">> =
  has("suggested_post_declined")

/** Service message: a suggested post that was paid for. */
export const suggestedPostPaid: MessageFilter<MessageWith<"suggested_post_paid">> =
  has("suggested_post_paid")

/** Service message: a suggested post whose payment was refunded. */
export const suggestedPostRefunded: MessageFilter<MessageWith<"suggested_post_refunded">> =
  has("suggested_post_refunded")

/** Service message: the departure of the chat's owner. */
export const chatOwnerLeft: MessageFilter<MessageWith<"chat_owner_left">> = has("chat_owner_left")

/** Service message: a new owner of the chat. */
export const chatOwnerChanged: MessageFilter<MessageWith<"chat_owner_changed">> =
  has("chat_owner_changed")

/** Service message: the creation of a bot that this bot manages. */
export const managedBotCreated: MessageFilter<MessageWith<"managed_bot_created">> =
  has("managed_bot_created")

/** Service message: an option that was added to a poll. */
export const pollOptionAdded: MessageFilter<MessageWith<"poll_option_added">> =
  has("poll_option_added")

/** Service message: an option that was deleted from a poll. */
export const pollOptionDeleted: MessageFilter<MessageWith<"poll_option_deleted">> =
  has("poll_option_deleted")

/** Service message: a chat that was added to a community. */
export const communityChatAdded: MessageFilter<MessageWith<"community_chat_added">> =
  has("community_chat_added")

/** Service message: a chat that was removed from a community. */
export const communityChatRemoved: MessageFilter<MessageWith<"community_chat_removed">> =
  has("community_chat_removed")

/** Service message: a community that the chat has joined. */
export const communityChatJoined: MessageFilter<MessageWith<"community_chat_joined">> =
  has("community_chat_joined")

/** Service messages of any kind. */
export const service: MessageFilter = messageFilter((message) => {
  // Loops over the fields of the message, about ten, and not over the more than 50 kinds.
  for (const field in message) if (serviceFields.has(field)) return true
  return false
})

const serviceFields: ReadonlySet<string> = new Set<keyof Message>([
  "new_chat_members",
  "left_chat_member",
  "new_chat_title",
  "new_chat_photo",
  "delete_chat_photo",
  "group_chat_created",
  "supergroup_chat_created",
  "channel_chat_created",
  "message_auto_delete_timer_changed",
  "migrate_to_chat_id",
  "migrate_from_chat_id",
  "pinned_message",
  "successful_payment",
  "refunded_payment",
  "users_shared",
  "chat_shared",
  "gift",
  "gift_upgrade_sent",
  "unique_gift",
  "connected_website",
  "write_access_allowed",
  "passport_data",
  "proximity_alert_triggered",
  "boost_added",
  "chat_background_set",
  "checklist_tasks_done",
  "checklist_tasks_added",
  "direct_message_price_changed",
  "paid_message_price_changed",
  "forum_topic_created",
  "forum_topic_edited",
  "forum_topic_closed",
  "forum_topic_reopened",
  "general_forum_topic_hidden",
  "general_forum_topic_unhidden",
  "giveaway_created",
  "giveaway_completed",
  "video_chat_scheduled",
  "video_chat_started",
  "video_chat_ended",
  "video_chat_participants_invited",
  "web_app_data",
  "suggested_post_approved",
  "suggested_post_approval_failed",
  "suggested_post_declined",
  "suggested_post_paid",
  "suggested_post_refunded",
  "chat_owner_left",
  "chat_owner_changed",
  "managed_bot_created",
  "poll_option_added",
  "poll_option_deleted",
  "community_chat_added",
  "community_chat_removed",
  "community_chat_joined",
])
