import type { Update } from "../../telegram/types.js"

/** The payload of an update under the name of its type in camelCase; `undefined` for all other types. */
export interface UpdateFields<U extends Update> {
  /** The new version of a message. */
  readonly editedMessage: U["edited_message"]
  /** A new post in a channel. */
  readonly channelPost: U["channel_post"]
  /** The new version of a post in a channel. */
  readonly editedChannelPost: U["edited_channel_post"]
  /** The connection of the bot to a business account, a change of it, or its end. */
  readonly businessConnection: U["business_connection"]
  /** A new message of a connected business account. */
  readonly businessMessage: U["business_message"]
  /** The new version of a message of a connected business account. */
  readonly editedBusinessMessage: U["edited_business_message"]
  /** Messages that were deleted from a connected business account. */
  readonly deletedBusinessMessages: U["deleted_business_messages"]
  /** A message that summons the bot as a guest. */
  readonly guestMessage: U["guest_message"]
  /** A user's request to stop the generation of a message. */
  readonly stoppedMessageGeneration: U["stopped_message_generation"]
  /** A reaction of a user to a message. */
  readonly messageReaction: U["message_reaction"]
  /** The counts of anonymous reactions to a message. */
  readonly messageReactionCount: U["message_reaction_count"]
  /** An inline query. */
  readonly inlineQuery: U["inline_query"]
  /** The result of an inline query that a user chose. */
  readonly chosenInlineResult: U["chosen_inline_result"]
  /** A press of an inline button. */
  readonly callbackQuery: U["callback_query"]
  /** A request for the shipping options of an invoice. */
  readonly shippingQuery: U["shipping_query"]
  /** A pre-checkout query, which the bot must answer within 10 seconds. */
  readonly preCheckoutQuery: U["pre_checkout_query"]
  /** A purchase of paid media. */
  readonly purchasedPaidMedia: U["purchased_paid_media"]
  /** A new state of a poll: its counts of votes, or its end. */
  readonly poll: U["poll"]
  /** A user's answer to a poll. */
  readonly pollAnswer: U["poll_answer"]
  /** A change of the bot's own membership. */
  readonly myChatMember: U["my_chat_member"]
  /** A change of a member of a chat. */
  readonly chatMember: U["chat_member"]
  /** A request to join a chat. */
  readonly chatJoinRequest: U["chat_join_request"]
  /** A boost of a chat. */
  readonly chatBoost: U["chat_boost"]
  /** A boost that was removed from a chat. */
  readonly removedChatBoost: U["removed_chat_boost"]
  /** The creation of a bot that this bot manages, or a change of such a bot. */
  readonly managedBot: U["managed_bot"]
  /** A change of a user's payment subscription. */
  readonly subscription: U["subscription"]
  /** A query from a widget, which the bot must answer within 15 seconds. */
  readonly widgetQuery: U["widget_query"]
  /** A query from a forwarded message with a shared widget. */
  readonly sharedWidgetQuery: U["shared_widget_query"]
}
