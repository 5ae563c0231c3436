import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import type { UpdateTypeName } from "./camel-case.js"

/** An update and a getter for every type it can have; the message, which has rules of its own, is a `Context`'s. */
export abstract class UpdateFields<U extends Update> implements Readonly<
  Record<Exclude<UpdateTypeName, "message">, unknown>
> {
  /** The update as Telegram sent it. */
  abstract readonly update: U

  /** The new version of a message. */
  get editedMessage(): U["edited_message"] {
    return this.#field("edited_message")
  }

  /** A new post in a channel. */
  get channelPost(): U["channel_post"] {
    return this.#field("channel_post")
  }

  /** The new version of a post in a channel. */
  get editedChannelPost(): U["edited_channel_post"] {
    return this.#field("edited_channel_post")
  }

  /** A connection of the bot to a business account, or its end. */
  get businessConnection(): U["business_connection"] {
    return this.#field("business_connection")
  }

  /** A new message of a connected business account. */
  get businessMessage(): U["business_message"] {
    return this.#field("business_message")
  }

  /** The new version of a message of a connected business account. */
  get editedBusinessMessage(): U["edited_business_message"] {
    return this.#field("edited_business_message")
  }

  /** Messages that were deleted from a connected business account. */
  get deletedBusinessMessages(): U["deleted_business_messages"] {
    return this.#field("deleted_business_messages")
  }

  /** A message that summons the bot as a guest. */
  get guestMessage(): U["guest_message"] {
    return this.#field("guest_message")
  }

  /** A user's wish to stop the generation of a message. */
  get stoppedMessageGeneration(): U["stopped_message_generation"] {
    return this.#field("stopped_message_generation")
  }

  /** A reaction of a user to a message. */
  get messageReaction(): U["message_reaction"] {
    return this.#field("message_reaction")
  }

  /** The counts of anonymous reactions to a message. */
  get messageReactionCount(): U["message_reaction_count"] {
    return this.#field("message_reaction_count")
  }

  /** An inline query. */
  get inlineQuery(): U["inline_query"] {
    return this.#field("inline_query")
  }

  /** The result of an inline query that a user chose. */
  get chosenInlineResult(): U["chosen_inline_result"] {
    return this.#field("chosen_inline_result")
  }

  /** A press of an inline button. */
  get callbackQuery(): U["callback_query"] {
    return this.#field("callback_query")
  }

  /** A question for the ways of shipping. */
  get shippingQuery(): U["shipping_query"] {
    return this.#field("shipping_query")
  }

  /** The question before a checkout. */
  get preCheckoutQuery(): U["pre_checkout_query"] {
    return this.#field("pre_checkout_query")
  }

  /** A purchase of paid media. */
  get purchasedPaidMedia(): U["purchased_paid_media"] {
    return this.#field("purchased_paid_media")
  }

  /** The state of a poll. */
  get poll(): U["poll"] {
    return this.#field("poll")
  }

  /** A user's answer to a poll. */
  get pollAnswer(): U["poll_answer"] {
    return this.#field("poll_answer")
  }

  /** A change of the bot's own membership. */
  get myChatMember(): U["my_chat_member"] {
    return this.#field("my_chat_member")
  }

  /** A change of a member of a chat. */
  get chatMember(): U["chat_member"] {
    return this.#field("chat_member")
  }

  /** A request to join a chat. */
  get chatJoinRequest(): U["chat_join_request"] {
    return this.#field("chat_join_request")
  }

  /** A boost of a chat. */
  get chatBoost(): U["chat_boost"] {
    return this.#field("chat_boost")
  }

  /** A boost that was removed from a chat. */
  get removedChatBoost(): U["removed_chat_boost"] {
    return this.#field("removed_chat_boost")
  }

  /** A bot to manage, or a change of one. */
  get managedBot(): U["managed_bot"] {
    return this.#field("managed_bot")
  }

  /** A change of a user's payment subscription. */
  get subscription(): U["subscription"] {
    return this.#field("subscription")
  }

  #field<T extends UpdateType>(type: T): U[T] {
    return this.update[type]
  }
}
