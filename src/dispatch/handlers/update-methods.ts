import type { Removable } from "../../ground/removable.js"
import type { UpdateType } from "../../telegram/api.js"
import type { Context } from "../context/context.js"
import type { Filter } from "../filters/filter.js"
import { camelCase, type UpdateTypeName } from "../context/camel-case.js"
import type { FilteredHandler, Handler } from "./handler.js"
import { updateTypes } from "../../telegram/update-types.js"
import type { NewerUpdate, UpdateOf } from "../context/narrowed.js"
import { ownType } from "../../telegram/own-update.js"
import { unexpectedOption } from "../../ground/expect-option.js"

/**
 * A method that registers a handler of the update type `T`, with a filter or without. `Extra` are the derived
 * values of the router.
 */
export interface RegisterType<T extends UpdateType, Extra extends object> {
  (handler: Handler<Context<UpdateOf<T>> & Extra>): Removable
  <F extends Filter>(filter: F, handler: FilteredHandler<F, UpdateOf<T>, Extra>): Removable
}

/** The fields of an update that are not types of Telegram. */
const notTypes: ReadonlySet<string> = new Set(["update_id", ownType])

/**
 * A method for every update type, except `callbackQuery` and `inlineQuery`, which accept patterns and are
 * methods of the router. Each method accepts a handler, or a filter and a handler. The methods are defined
 * at the end of this file, on the prototype: as fields they would take 2 KB of each router.
 *
 * @see https://core.telegram.org/bots/api#update
 */
export abstract class UpdateMethods<Extra extends object> implements Record<
  Exclude<UpdateTypeName, "callbackQuery" | "inlineQuery">,
  unknown
> {
  /** Handles a new message. */
  declare readonly message: RegisterType<"message", Extra>
  /** Handles the new version of a message. */
  declare readonly editedMessage: RegisterType<"edited_message", Extra>
  /** Handles a new post in a channel. */
  declare readonly channelPost: RegisterType<"channel_post", Extra>
  /** Handles the new version of a post in a channel. */
  declare readonly editedChannelPost: RegisterType<"edited_channel_post", Extra>
  /** Handles the connection of the bot to a business account, a change of it, or its end. */
  declare readonly businessConnection: RegisterType<"business_connection", Extra>
  /** Handles a new message of a connected business account. */
  declare readonly businessMessage: RegisterType<"business_message", Extra>
  /** Handles the new version of a message of a connected business account. */
  declare readonly editedBusinessMessage: RegisterType<"edited_business_message", Extra>
  /** Handles messages that were deleted from a connected business account. */
  declare readonly deletedBusinessMessages: RegisterType<"deleted_business_messages", Extra>
  /** Handles a message that summons the bot as a guest. */
  declare readonly guestMessage: RegisterType<"guest_message", Extra>
  /** Handles a user's request to stop the generation of a message. */
  declare readonly stoppedMessageGeneration: RegisterType<"stopped_message_generation", Extra>
  /**
   * Handles a reaction of a user to a message. Telegram sends such updates only to a bot that names their
   * type in `allowed_updates`.
   */
  declare readonly messageReaction: RegisterType<"message_reaction", Extra>
  /**
   * Handles the counts of anonymous reactions to a message. Telegram sends such updates only to a bot that
   * names their type in `allowed_updates`.
   */
  declare readonly messageReactionCount: RegisterType<"message_reaction_count", Extra>
  /** Handles the result of an inline query that a user chose. */
  declare readonly chosenInlineResult: RegisterType<"chosen_inline_result", Extra>
  /** Handles a shipping query: the request for the shipping options of an invoice. */
  declare readonly shippingQuery: RegisterType<"shipping_query", Extra>
  /** Handles a pre-checkout query, which the bot must answer within 10 seconds. */
  declare readonly preCheckoutQuery: RegisterType<"pre_checkout_query", Extra>
  /** Handles a purchase of paid media. */
  declare readonly purchasedPaidMedia: RegisterType<"purchased_paid_media", Extra>
  /** Handles a new state of a poll: its counts of votes, or its end. */
  declare readonly poll: RegisterType<"poll", Extra>
  /** Handles a user's answer to a poll. */
  declare readonly pollAnswer: RegisterType<"poll_answer", Extra>
  /** Handles a change of the bot's own membership. */
  declare readonly myChatMember: RegisterType<"my_chat_member", Extra>
  /**
   * Handles a change of a member of a chat. Telegram sends such updates only to a bot that names their type
   * in `allowed_updates`.
   */
  declare readonly chatMember: RegisterType<"chat_member", Extra>
  /** Handles a request to join a chat. */
  declare readonly chatJoinRequest: RegisterType<"chat_join_request", Extra>
  /** Handles a boost of a chat. */
  declare readonly chatBoost: RegisterType<"chat_boost", Extra>
  /** Handles a boost that was removed from a chat. */
  declare readonly removedChatBoost: RegisterType<"removed_chat_boost", Extra>
  /** Handles the creation of a bot that this bot manages, or a change of such a bot. */
  declare readonly managedBot: RegisterType<"managed_bot", Extra>
  /** Handles a change of a user's payment subscription. */
  declare readonly subscription: RegisterType<"subscription", Extra>
  /** Handles a query from a widget, which the bot must answer within 15 seconds. */
  declare readonly widgetQuery: RegisterType<"widget_query", Extra>
  /**
   * Handles a query from a forwarded message with a shared widget, which the bot must answer within 15 seconds.
   */
  declare readonly sharedWidgetQuery: RegisterType<"shared_widget_query", Extra>

  /**
   * Handles updates of a type by Telegram's name, even of a type newer than this version, as in
   * `router.type("future_query", …)`. Such a type is requested in `allowed_updates`, its lane is the lane of
   * its chat or user, and its payload is a record of unknown fields.
   *
   * @throws TypeError for a name that cannot be a type of Telegram
   */
  type<T extends UpdateType>(type: T, handler: Handler<Context<UpdateOf<T>> & Extra>): Removable
  type<T extends UpdateType, F extends Filter>(
    type: T,
    filter: F,
    handler: FilteredHandler<F, UpdateOf<T>, Extra>,
  ): Removable
  type<N extends string>(type: N, handler: Handler<Context<NewerUpdate<N>> & Extra>): Removable
  type<N extends string, F extends Filter>(
    type: N,
    filter: F,
    handler: FilteredHandler<F, NewerUpdate<N>, Extra>,
  ): Removable
  type(type: string, ...args: readonly unknown[]): Removable {
    if (typeof type !== "string" || !/^[a-z][a-z_]*$/.test(type) || notTypes.has(type)) {
      unexpectedOption("type", 'a type of Telegram\'s updates, such as "callback_query"', type)
    }
    // Telegram adds types; each place that reads them treats an unknown one by its fields.
    return this.addOfType(type as UpdateType, args)
  }

  /** Registers a handler of one update type. */
  protected abstract addOfType(type: UpdateType, args: readonly unknown[]): Removable
}

for (const type of updateTypes) {
  const name = camelCase(type)
  const value = function (this: UpdateMethods<object>, ...args: unknown[]) {
    return this["addOfType"](type, args)
  }
  Object.defineProperty(UpdateMethods.prototype, name, {
    value,
    writable: true,
    configurable: true,
  })
}
