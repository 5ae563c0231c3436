import type { UpdateType } from "../../telegram/api.js"
import type { Context } from "../context/context.js"
import type { Filter } from "../filters/filter.js"
import type { UpdateTypeName } from "../context/camel-case.js"
import type { FilteredHandler, Handler, Registration } from "./handler.js"
import type { UpdateOf } from "../context/narrowed.js"

/** A method that registers a handler of the update type `T`, with a filter or without. */
export interface RegisterType<T extends UpdateType> {
  (handler: Handler<Context<UpdateOf<T>>>): Registration
  <F extends Filter>(filter: F, handler: FilteredHandler<F, UpdateOf<T>>): Registration
}

/**
 * A method for every update type, except `callbackQuery` and `inlineQuery`, which accept patterns and are
 * methods of the router. Each method accepts a handler, or a filter and a handler.
 *
 * @see https://core.telegram.org/bots/api#update
 */
export abstract class UpdateMethods implements Record<
  Exclude<UpdateTypeName, "callbackQuery" | "inlineQuery">,
  unknown
> {
  /** Handles a new message. */
  readonly message: RegisterType<"message"> = (...args: unknown[]) =>
    this.addOfType("message", args)
  /** Handles the new version of a message. */
  readonly editedMessage: RegisterType<"edited_message"> = (...args: unknown[]) =>
    this.addOfType("edited_message", args)
  /** Handles a new post in a channel. */
  readonly channelPost: RegisterType<"channel_post"> = (...args: unknown[]) =>
    this.addOfType("channel_post", args)
  /** Handles the new version of a post in a channel. */
  readonly editedChannelPost: RegisterType<"edited_channel_post"> = (...args: unknown[]) =>
    this.addOfType("edited_channel_post", args)
  /** Handles the connection of the bot to a business account, a change of it, or its end. */
  readonly businessConnection: RegisterType<"business_connection"> = (...args: unknown[]) =>
    this.addOfType("business_connection", args)
  /** Handles a new message of a connected business account. */
  readonly businessMessage: RegisterType<"business_message"> = (...args: unknown[]) =>
    this.addOfType("business_message", args)
  /** Handles the new version of a message of a connected business account. */
  readonly editedBusinessMessage: RegisterType<"edited_business_message"> = (...args: unknown[]) =>
    this.addOfType("edited_business_message", args)
  /** Handles messages that were deleted from a connected business account. */
  readonly deletedBusinessMessages: RegisterType<"deleted_business_messages"> = (
    ...args: unknown[]
  ) => this.addOfType("deleted_business_messages", args)
  /** Handles a message that summons the bot as a guest. */
  readonly guestMessage: RegisterType<"guest_message"> = (...args: unknown[]) =>
    this.addOfType("guest_message", args)
  /** Handles a user's request to stop the generation of a message. */
  readonly stoppedMessageGeneration: RegisterType<"stopped_message_generation"> = (
    ...args: unknown[]
  ) => this.addOfType("stopped_message_generation", args)
  /**
   * Handles a reaction of a user to a message. Telegram sends it only to a bot that names it in
   * `allowed_updates`.
   */
  readonly messageReaction: RegisterType<"message_reaction"> = (...args: unknown[]) =>
    this.addOfType("message_reaction", args)
  /**
   * Handles the counts of anonymous reactions to a message. Telegram sends it only to a bot that names it
   * in `allowed_updates`.
   */
  readonly messageReactionCount: RegisterType<"message_reaction_count"> = (...args: unknown[]) =>
    this.addOfType("message_reaction_count", args)
  /** Handles the result of an inline query that a user chose. */
  readonly chosenInlineResult: RegisterType<"chosen_inline_result"> = (...args: unknown[]) =>
    this.addOfType("chosen_inline_result", args)
  /** Handles a shipping query: the request for the shipping options of an invoice. */
  readonly shippingQuery: RegisterType<"shipping_query"> = (...args: unknown[]) =>
    this.addOfType("shipping_query", args)
  /** Handles a pre-checkout query, which the bot must answer within 10 seconds. */
  readonly preCheckoutQuery: RegisterType<"pre_checkout_query"> = (...args: unknown[]) =>
    this.addOfType("pre_checkout_query", args)
  /** Handles a purchase of paid media. */
  readonly purchasedPaidMedia: RegisterType<"purchased_paid_media"> = (...args: unknown[]) =>
    this.addOfType("purchased_paid_media", args)
  /** Handles a new state of a poll: its counts of votes, or its end. */
  readonly poll: RegisterType<"poll"> = (...args: unknown[]) => this.addOfType("poll", args)
  /** Handles a user's answer to a poll. */
  readonly pollAnswer: RegisterType<"poll_answer"> = (...args: unknown[]) =>
    this.addOfType("poll_answer", args)
  /** Handles a change of the bot's own membership. */
  readonly myChatMember: RegisterType<"my_chat_member"> = (...args: unknown[]) =>
    this.addOfType("my_chat_member", args)
  /**
   * Handles a change of a member of a chat. Telegram sends it only to a bot that names it in
   * `allowed_updates`.
   */
  readonly chatMember: RegisterType<"chat_member"> = (...args: unknown[]) =>
    this.addOfType("chat_member", args)
  /** Handles a request to join a chat. */
  readonly chatJoinRequest: RegisterType<"chat_join_request"> = (...args: unknown[]) =>
    this.addOfType("chat_join_request", args)
  /** Handles a boost of a chat. */
  readonly chatBoost: RegisterType<"chat_boost"> = (...args: unknown[]) =>
    this.addOfType("chat_boost", args)
  /** Handles a boost that was removed from a chat. */
  readonly removedChatBoost: RegisterType<"removed_chat_boost"> = (...args: unknown[]) =>
    this.addOfType("removed_chat_boost", args)
  /** Handles the creation of a bot that this bot manages, or a change of such a bot. */
  readonly managedBot: RegisterType<"managed_bot"> = (...args: unknown[]) =>
    this.addOfType("managed_bot", args)
  /** Handles a change of a user's payment subscription. */
  readonly subscription: RegisterType<"subscription"> = (...args: unknown[]) =>
    this.addOfType("subscription", args)

  /** Registers a handler of one update type. */
  protected abstract addOfType(type: UpdateType, args: readonly unknown[]): Registration
}
