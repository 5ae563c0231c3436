/**
 * Types of Bot API 10.4 and 10.5 that `@grammyjs/types` lacks. As soon as that package has one of them,
 * `test/telegram/newer.test.ts` fails and names the declaration to delete.
 *
 * Two types are not complete, because Telegram's description of them was not at hand: a `WidgetQueryWallet` and
 * the stickers of a `TonWalletCard` are records of unknown fields.
 *
 * @module
 */
import type {
  Chat,
  ForceReply,
  InlineKeyboardMarkup,
  Message,
  MessageEntity,
  ParseMode,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
  ReplyParameters,
  User,
  UserFromGetMe,
} from "@grammyjs/types"

declare module "@grammyjs/types/update.js" {
  interface Update {
    /** A query from a widget in a message that the bot sent, or that was sent via the bot. */
    widget_query?: WidgetQuery
    /** A query from a forwarded message with a shared widget of the bot. */
    shared_widget_query?: SharedWidgetQuery
  }
}

declare module "@grammyjs/types/message.js" {
  interface Message {
    /** The widget of the message. */
    widget?: Widget
  }
  interface ExternalReplyInfo {
    /** The widget of the message. */
    widget?: Widget
  }
}

declare module "@grammyjs/types/manage.js" {
  interface UserFromGetMe {
    /** All active usernames of the bot. */
    active_usernames?: string[]
    /** The text shown in the input field after the bot's username. */
    inline_query_placeholder?: string
    /** Whether every inline query comes with the location of its user. */
    needs_inline_query_location?: boolean
    /** Whether the topics of private chats with the bot are shown in a sidebar. */
    has_topic_sidebar?: boolean
  }
}

/**
 * The bot as `getMe` describes it.
 *
 * @see https://core.telegram.org/bots/api#botfullinfo
 */
export type BotFullInfo = UserFromGetMe

/**
 * An HTML widget: code that runs in a message, with data that the bot changes.
 *
 * @see https://core.telegram.org/bots/api#widget
 */
export interface Widget {
  /** The code of the widget. */
  html: string
  /** The id of a shared widget, for `sendSharedWidget`. */
  id?: string
  /** The width in logical pixels; absent for the whole width of the message. */
  width?: number
  /** The height in logical pixels; absent if it is not fixed. */
  height?: number
  /**
   * The data that every copy of the widget shows. All messages with a shared widget have the same public
   * data.
   */
  public_data?: string
  /** The data of the message. */
  chat_data?: string
}

/**
 * A query from a widget in a message that the bot sent, or that was sent via the bot. The bot must answer it
 * within 15 seconds.
 *
 * @see https://core.telegram.org/bots/api#widgetquery
 */
export interface WidgetQuery {
  /** The id of the query, for `answerWidgetQuery`. */
  id: string
  /** The user of the widget. */
  from: User
  /** An id of the chat with the message, the same for all bots. */
  chat_instance: string
  /** The kind of the query. */
  type: WidgetQueryType
  /** The data of the query, 1 to 64 bytes. A modified app can send any data. */
  data: string
  /** The chat with the message; absent for an inline message. */
  chat?: Chat
  /** The id of the message; absent for an inline message. */
  message_id?: number
  /** The id of the inline message. */
  inline_message_id?: string
  /** The type of the chat with the inline message. */
  chat_type?: string
  /** The id of the widget, if it is a shared one. */
  widget_id?: string
}

/**
 * A query from a forwarded message with a shared widget of the bot. The bot must answer it within 15 seconds.
 *
 * @see https://core.telegram.org/bots/api#sharedwidgetquery
 */
export interface SharedWidgetQuery {
  /** The id of the query, for `answerWidgetQuery`. */
  id: string
  /** The user of the widget. */
  from: User
  /** The kind of the query. */
  type: WidgetQueryType
  /** The data of the query, 1 to 64 bytes. A modified app can send any data. */
  data: string
  /** The id of the shared widget. */
  widget_id: string
}

/** The kind of a widget's query. */
export type WidgetQueryType =
  | WidgetQueryTypeData
  | WidgetQueryTypeSignData
  | WidgetQueryTypeSentTransaction

/** A query with data for the bot. */
export interface WidgetQueryTypeData {
  /** The kind, always `data`. */
  type: "data"
  /** The TON wallet card of the user, if it was sent with the query. */
  wallet_card?: TonWalletCard
}

/** A query with data that the user's TON wallet has signed. */
export interface WidgetQueryTypeSignData {
  /** The kind, always `sign_data`. */
  type: "sign_data"
  /** The wallet. */
  wallet: WidgetQueryWallet
  /** The signed data. */
  sign_data: string
}

/** A notice of a transaction from the user's TON wallet. */
export interface WidgetQueryTypeSentTransaction {
  /** The kind, always `sent_transaction`. */
  type: "sent_transaction"
  /** The wallet. */
  wallet: WidgetQueryWallet
  /** The normalized hash of the transaction's message. */
  msg_hash: string
}

/** A TON wallet that took part in a query. */
export type WidgetQueryWallet = Readonly<Record<string, unknown>>

/**
 * The TON wallet card on the profile of a user.
 *
 * @see https://core.telegram.org/bots/api#tonwalletcard
 */
export interface TonWalletCard {
  /** The address of the wallet. */
  address: string
  /** The balance in the smallest units of the currency, as a decimal number. */
  amount: string
  /** The stickers on the card. */
  stickers: readonly Readonly<Record<string, unknown>>[]
  /** The address of the NFT whose colours the card has. */
  background_nft_address?: string
}

/** The parameters that `sendWidget` and `sendSharedWidget` have in common. */
interface WidgetMessageParameters {
  /** The id of the chat, or the username of a supergroup as `@username`. */
  chat_id: number | string
  /** The id of the topic. */
  message_thread_id?: number
  /** The data of the message, at most 1,024 bytes. */
  chat_data?: string
  /** The caption. */
  caption?: string
  /** The mode for formatting in the caption. */
  parse_mode?: ParseMode
  /** The formatting of the caption, in place of `parse_mode`. */
  caption_entities?: MessageEntity[]
  /** Whether the caption is shown above the widget. */
  show_caption_above_media?: boolean
  /** Whether the message makes no sound. */
  disable_notification?: boolean
  /** Whether the message cannot be forwarded or saved. */
  protect_content?: boolean
  /** Whether the message may exceed the limits of broadcasts, for a fee. */
  allow_paid_broadcast?: boolean
  /** The id of an effect, for private chats. */
  message_effect_id?: string
  /** The message to reply to. */
  reply_parameters?: ReplyParameters
  /** The keyboard of the message. */
  reply_markup?: InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
}

/** The way in which presses of buttons reach the bot: with their message, or with an inline message id. */
export type CallbackQueryMode = "default" | "auto" | "inline"

/** The methods of Bot API 10.4 and 10.5 that `@grammyjs/types` lacks. */
export type NewerMethods = {
  /** Sends a message with a widget. */
  sendWidget(
    args: WidgetMessageParameters & {
      /** The code of the widget, at most 32,768 bytes and 4,096 bytes after compression. */
      html: string
      /** The width in logical pixels. Default: the whole width of the message. */
      width?: number
      /** The height in logical pixels. Default: not fixed. */
      height?: number
      /** The data that every copy of the widget shows, at most 1,024 bytes. */
      public_data?: string
      /** Whether the widget can send queries to the bot. */
      allow_queries?: boolean
      /** Whether the widget can be sent again by its id. */
      is_shared?: boolean
    },
  ): Message
  /** Sends a shared widget of the bot again. */
  sendSharedWidget(
    args: WidgetMessageParameters & {
      /** The id of the widget. */
      widget_id: string
    },
  ): Message
  /** Answers a query from a widget, within 15 seconds. The answer reaches only that widget. */
  answerWidgetQuery(args: {
    /** The id of the query. */
    widget_query_id: string
    /** The data for the widget, at most 1,024 bytes. */
    data?: string
  }): true
  /** Changes the data of a widget in a message of the bot, or in an inline message. */
  editMessageWidgetData(args: {
    /** The id of the chat; required without `inline_message_id`. */
    chat_id?: number | string
    /** The id of the message; required without `inline_message_id`. */
    message_id?: number
    /** The id of the inline message. */
    inline_message_id?: string
    /** The new public data, at most 1,024 bytes. Default: no change. */
    public_data?: string
    /** The new data of the message, at most 1,024 bytes. Default: no change. */
    chat_data?: string
  }): true
  /** Changes the public data of a shared widget, at most once per second. */
  editSharedWidgetData(args: {
    /** The id of the widget. */
    widget_id: string
    /** The new public data, at most 1,024 bytes. */
    public_data: string
    /** The seconds for which apps may cache the data, 5 to 3,600. Default: no change. */
    cache_time?: number
  }): true
  /** Changes settings of the bot. Settings that are not passed do not change. */
  setMySettings(args: {
    /** Whether the bot has inline mode. */
    supports_inline_queries?: boolean
    /** The text shown in the input field after the bot's username. */
    inline_query_placeholder?: string
    /** Whether every inline query comes with the location of its user. */
    needs_inline_query_location?: boolean
    /** The denominator of the share of chosen inline results that the bot gets. */
    inline_feedback_share_denominator?: number
    /** Whether the bot can be added to groups. */
    can_join_groups?: boolean
    /** Whether the bot gets all messages of its groups. */
    can_read_all_group_messages?: boolean
    /** Whether the bot can be connected to a business account. */
    can_connect_to_business?: boolean
    /** Whether the bot can manage other bots. */
    can_manage_bots?: boolean
    /** Whether the bot can be summoned as a guest. */
    supports_guest_queries?: boolean
    /** Whether the bot can process requests to join. */
    supports_join_request_queries?: boolean
    /** Whether private chats with the bot have topics. */
    has_topics_enabled?: boolean
    /** Whether users can create and delete topics. */
    allows_users_to_create_topics?: boolean
    /** Whether the topics are shown in a sidebar; only with `has_topics_enabled`. */
    has_topic_sidebar?: boolean
    /** Whether the bot can communicate with other bots. */
    can_communicate_with_bots?: boolean
    /** The way in which presses of buttons reach the bot. */
    callback_query_mode?: CallbackQueryMode
  }): true
}
