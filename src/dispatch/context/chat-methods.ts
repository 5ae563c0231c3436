import type { CallOptions } from "../../bot/index.js"
import type {
  Message,
  MessageId,
  ReactionType,
  ReactionTypeEmoji,
  Update,
} from "../../telegram/types.js"
import { answer, type AnswerArguments, type AnswerResult } from "./answer.js"
import type { Parameter, Rest } from "./call-parameters.js"
import type { CallSubject, ContextCall } from "./context-call.js"
import {
  anyMessageOf,
  chatMessageOf,
  ephemeralTargetOf,
  fillIn,
  missingTarget,
  ownChatOf,
  ownMessageOf,
} from "./message-target.js"

/** An emoji that Telegram accepts as a reaction. */
export type ReactionEmoji = ReactionTypeEmoji["emoji"]

/**
 * Shortcuts for the message and the chat of an update, whose ids are filled in. Options have Telegram's
 * names. Each call rejects with a `TypeError` if the update has no such ids, or if they belong to a
 * business account and the Bot API method has no parameter for its connection. An ephemeral message is edited
 * and deleted by the methods for ephemeral messages; the other calls reject for it.
 */
export interface ChatMethods<U extends Update> {
  /**
   * Answers the query of the update: a press of a button with a text or options, an inline query with
   * its results, a shipping or pre-checkout query with `{ ok }`, a guest message with a result, a query from a
   * widget with data, a request to join whose answer Telegram awaits with `"approve"`, `"decline"` or `"queue"`.
   * Resolves for a press to which Telegram no longer accepts an answer, too.
   *
   * @see https://core.telegram.org/bots/api#answercallbackquery
   */
  answer(...args: AnswerArguments<U>): Promise<AnswerResult<U>>

  /**
   * Replaces the text of the message: after a press of a button, the message with the button; after the
   * choice of an inline result, the message with that result; otherwise the message of the update.
   *
   * @see https://core.telegram.org/bots/api#editmessagetext
   */
  edit(
    text: NonNullable<Parameter<"editMessageText", "text">>,
    options?: Rest<"editMessageText", "text">,
    call?: CallOptions,
  ): Promise<(Update.Edited & (Message.TextMessage | Message.RichMessageMessage)) | true>

  /**
   * Replaces the caption of the message. Without `caption`, removes the caption.
   *
   * @see https://core.telegram.org/bots/api#editmessagecaption
   */
  editCaption(
    caption?: Parameter<"editMessageCaption", "caption">,
    options?: Rest<"editMessageCaption", "caption">,
    call?: CallOptions,
  ): Promise<(Update.Edited & Message.CaptionableMessage) | true>

  /**
   * Replaces the media of the message.
   *
   * @see https://core.telegram.org/bots/api#editmessagemedia
   */
  editMedia(
    media: Parameter<"editMessageMedia", "media">,
    options?: Rest<"editMessageMedia", "media">,
    call?: CallOptions,
  ): Promise<(Update.Edited & Message) | true>

  /**
   * Replaces the buttons under the message. Without `reply_markup`, removes the buttons.
   *
   * @see https://core.telegram.org/bots/api#editmessagereplymarkup
   */
  editReplyMarkup(
    reply_markup?: Parameter<"editMessageReplyMarkup", "reply_markup">,
    options?: Rest<"editMessageReplyMarkup", "reply_markup">,
    call?: CallOptions,
  ): Promise<(Update.Edited & Message) | true>

  /**
   * Changes the data of the widget in the message: of the widget that has sent the query, or that is in the
   * message with the pressed button. Data that are not passed do not change.
   *
   * @see https://core.telegram.org/bots/api#editmessagewidgetdata
   */
  editWidgetData(data: Rest<"editMessageWidgetData">, call?: CallOptions): Promise<true>

  /**
   * Deletes the message.
   *
   * @see https://core.telegram.org/bots/api#deletemessage
   */
  delete(call?: CallOptions): Promise<true>

  /**
   * Reacts to the message with an emoji or several reactions. An empty list removes the bot's reactions.
   *
   * @see https://core.telegram.org/bots/api#setmessagereaction
   */
  react(
    reaction: ReactionEmoji | readonly ReactionType[],
    options?: Rest<"setMessageReaction", "reaction">,
    call?: CallOptions,
  ): Promise<true>

  /**
   * Forwards the message to another chat. Rejects for a message of a business account.
   *
   * @see https://core.telegram.org/bots/api#forwardmessage
   */
  forward(
    chat_id: number | string,
    options?: Omit<Rest<"forwardMessage", "from_chat_id">, "chat_id">,
    call?: CallOptions,
  ): Promise<Message>

  /**
   * Sends a copy of the message to another chat. Rejects for a message of a business account.
   *
   * @see https://core.telegram.org/bots/api#copymessage
   */
  copy(
    chat_id: number | string,
    options?: Omit<Rest<"copyMessage", "from_chat_id">, "chat_id">,
    call?: CallOptions,
  ): Promise<MessageId>

  /**
   * Pins the message.
   *
   * @see https://core.telegram.org/bots/api#pinchatmessage
   */
  pin(options?: Rest<"pinChatMessage">, call?: CallOptions): Promise<true>

  /**
   * Unpins the message.
   *
   * @see https://core.telegram.org/bots/api#unpinchatmessage
   */
  unpin(options?: Rest<"unpinChatMessage">, call?: CallOptions): Promise<true>

  /**
   * Leaves the chat.
   *
   * @see https://core.telegram.org/bots/api#leavechat
   */
  leave(call?: CallOptions): Promise<true>

  /**
   * Approves the chat join request of the update. Rejects for all other updates.
   *
   * @see https://core.telegram.org/bots/api#approvechatjoinrequest
   */
  approve(call?: CallOptions): Promise<true>

  /**
   * Declines the chat join request of the update. Rejects for all other updates.
   *
   * @see https://core.telegram.org/bots/api#declinechatjoinrequest
   */
  decline(call?: CallOptions): Promise<true>
}

type Arguments<Name extends keyof ChatMethods<Update>> = Parameters<ChatMethods<Update>[Name]>

/** The implementations of the shortcuts by name, except `answer`. */
const calls: {
  readonly [Name in Exclude<keyof ChatMethods<Update>, "answer">]: (
    subject: CallSubject,
    ...args: Arguments<Name>
  ) => Promise<unknown>
} = {
  edit: async (subject, text, options, call) =>
    editMessage("edit", "editMessageText", subject, { ...options, text }, call),
  editCaption: async (subject, caption = "", options, call) =>
    editMessage("editCaption", "editMessageCaption", subject, { ...options, caption }, call),
  editMedia: async (subject, media, options, call) =>
    editMessage("editMedia", "editMessageMedia", subject, { ...options, media }, call),
  editReplyMarkup: async (subject, markup, options, call) => {
    const params = { ...options, reply_markup: markup ?? { inline_keyboard: [] } }
    return editMessage("editReplyMarkup", "editMessageReplyMarkup", subject, params, call)
  },
  editWidgetData: async ({ bot, update }, data, call) =>
    bot.editMessageWidgetData(
      fillIn(update, data, () => anyMessageOf("editWidgetData", update)),
      call,
    ),
  delete: async ({ bot, update }, call) => {
    const ephemeral = ephemeralTargetOf(update)
    if (ephemeral) return bot.deleteEphemeralMessage(ephemeral, call)
    const { chat_id, message_id, business_connection_id } = chatMessageOf("delete", update)
    if (business_connection_id === undefined)
      return bot.deleteMessage({ chat_id, message_id }, call)
    const message_ids = [message_id]
    return bot.deleteBusinessMessages({ business_connection_id, message_ids }, call)
  },
  react: async ({ bot, update }, emojiOrList, options, call) => {
    const reaction: ReactionType[] =
      typeof emojiOrList === "string" ? [{ type: "emoji", emoji: emojiOrList }] : [...emojiOrList]
    const targetOf = () => ownMessageOf("react", "setMessageReaction", update)
    return bot.setMessageReaction({ ...fillIn(update, options, targetOf), reaction }, call)
  },
  forward: async ({ bot, update }, chat_id, options, call) => {
    const { chat_id: from_chat_id, message_id } = ownMessageOf("forward", "forwardMessage", update)
    return bot.forwardMessage({ chat_id, from_chat_id, message_id, ...options }, call)
  },
  copy: async ({ bot, update }, chat_id, options, call) => {
    const { chat_id: from_chat_id, message_id } = ownMessageOf("copy", "copyMessage", update)
    return bot.copyMessage({ chat_id, from_chat_id, message_id, ...options }, call)
  },
  pin: async ({ bot, update }, options, call) => {
    const params = fillIn(update, options, () => chatMessageOf("pin", update))
    return bot.pinChatMessage(params, call)
  },
  unpin: async ({ bot, update }, options, call) => {
    const params = fillIn(update, options, () => chatMessageOf("unpin", update))
    return bot.unpinChatMessage(params, call)
  },
  leave: async ({ bot, update }, call) =>
    bot.leaveChat({ chat_id: ownChatOf("leave", "leaveChat", update) }, call),
  approve: async ({ bot, update }, call) =>
    bot.approveChatJoinRequest(joinRequestOf("approve", update), call),
  decline: async ({ bot, update }, call) =>
    bot.declineChatJoinRequest(joinRequestOf("decline", update), call),
}

/** The implementations of all shortcuts by name. */
export const chatCalls: ReadonlyMap<string, ContextCall> = new Map<string, ContextCall>([
  ...Object.entries(calls),
  // `answer` is not in `calls`, because the types of its arguments depend on the update.
  ["answer", async ({ bot, update }, ...args) => answer(bot, update, args)],
])

/** The methods that edit a message, and the method that edits the same part of an ephemeral message. */
const ephemeralEdits = {
  editMessageText: "editEphemeralMessageText",
  editMessageCaption: "editEphemeralMessageCaption",
  editMessageMedia: "editEphemeralMessageMedia",
  editMessageReplyMarkup: "editEphemeralMessageReplyMarkup",
} as const

async function editMessage(
  caller: string,
  method: keyof typeof ephemeralEdits,
  { bot, update }: CallSubject,
  params: { readonly message_id?: unknown; readonly [name: string]: unknown },
  call: CallOptions | undefined,
): Promise<unknown> {
  const ephemeral = ephemeralTargetOf(update, params)
  if (!ephemeral) {
    return bot.call(
      method,
      fillIn(update, params, () => anyMessageOf(caller, update)),
      call,
    )
  }
  const { message_id: _zero, ...rest } = params
  return bot.call(ephemeralEdits[method], { ...ephemeral, ...rest }, call)
}

function joinRequestOf(name: string, update: Update): { chat_id: number; user_id: number } {
  const request = update.chat_join_request
  if (!request) throw missingTarget(name, update, "a request to join")
  return { chat_id: request.chat.id, user_id: request.from.id }
}
