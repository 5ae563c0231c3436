import type { CallOptions } from "../../bot/index.js"
import type { ApiResult } from "../../telegram/api.js"
import type { Message, ReactionType, ReactionTypeEmoji, Update } from "../../telegram/types.js"
import { answer, type AnswerArguments, type AnswerResult } from "./answer.js"
import type { Parameter, Rest } from "./call-parameters.js"
import { anyMessageOf, chatMessageOf, missing } from "./message-target.js"
import { ReplyMethods } from "./reply-methods.js"

/** An emoji that Telegram knows as a reaction. */
export type ReactionEmoji = ReactionTypeEmoji["emoji"]

/**
 * What can be done with the message and the chat of an update, their ids filled in. Options have
 * Telegram's names. Each call rejects with a `TypeError` where the update has no such ids.
 */
export abstract class ChatMethods<U extends Update> extends ReplyMethods<U> {
  /** The message of the update: a new or edited one, a post, a business or guest message. */
  abstract readonly message: Message | undefined

  /**
   * Answers what the update asks: a press of a button with a text or options, an inline query with
   * its results, a shipping or pre-checkout query with `{ ok }`, a guest message with a result.
   *
   * @see https://core.telegram.org/bots/api#answercallbackquery
   */
  async answer(...given: AnswerArguments<U>): Promise<AnswerResult<U>> {
    // Which of the methods is called depends on the update, as the types of its arguments do.
    return (await answer(this.bot, this.update, given)) as AnswerResult<U>
  }

  /**
   * Replaces the text of the message: the one whose button was pressed, also where it was sent in
   * inline mode, else the update's own.
   *
   * @see https://core.telegram.org/bots/api#editmessagetext
   */
  async edit(
    text: string,
    options?: Rest<"editMessageText", "text">,
    call?: CallOptions,
  ): Promise<ApiResult<"editMessageText">> {
    const target = anyMessageOf("edit", this.update)
    return this.bot.editMessageText({ ...target, text, ...options }, call)
  }

  /**
   * Replaces the caption of the message, or removes it.
   *
   * @see https://core.telegram.org/bots/api#editmessagecaption
   */
  async editCaption(
    caption?: string,
    options?: Rest<"editMessageCaption", "caption">,
    call?: CallOptions,
  ): Promise<ApiResult<"editMessageCaption">> {
    const target = anyMessageOf("editCaption", this.update)
    return this.bot.editMessageCaption({ ...target, caption: caption ?? "", ...options }, call)
  }

  /**
   * Replaces the media of the message.
   *
   * @see https://core.telegram.org/bots/api#editmessagemedia
   */
  async editMedia(
    media: Parameter<"editMessageMedia", "media">,
    options?: Rest<"editMessageMedia", "media">,
    call?: CallOptions,
  ): Promise<ApiResult<"editMessageMedia">> {
    const target = anyMessageOf("editMedia", this.update)
    return this.bot.editMessageMedia({ ...target, media, ...options }, call)
  }

  /**
   * Replaces the buttons under the message, or removes them.
   *
   * @see https://core.telegram.org/bots/api#editmessagereplymarkup
   */
  async editReplyMarkup(
    reply_markup?: Parameter<"editMessageReplyMarkup", "reply_markup">,
    options?: Rest<"editMessageReplyMarkup", "reply_markup">,
    call?: CallOptions,
  ): Promise<ApiResult<"editMessageReplyMarkup">> {
    const target = anyMessageOf("editReplyMarkup", this.update)
    const markup = reply_markup ?? { inline_keyboard: [] }
    return this.bot.editMessageReplyMarkup({ ...target, reply_markup: markup, ...options }, call)
  }

  /**
   * Deletes the message.
   *
   * @see https://core.telegram.org/bots/api#deletemessage
   */
  async delete(call?: CallOptions): Promise<true> {
    const { chat_id, message_id, business_connection_id } = chatMessageOf("delete", this.update)
    if (business_connection_id === undefined) {
      return this.bot.deleteMessage({ chat_id, message_id }, call)
    }
    return this.bot.deleteBusinessMessages(
      { business_connection_id, message_ids: [message_id] },
      call,
    )
  }

  /**
   * Reacts to the message with an emoji or several reactions; with none it takes them back.
   *
   * @see https://core.telegram.org/bots/api#setmessagereaction
   */
  async react(
    reaction: ReactionEmoji | readonly ReactionType[],
    options?: Rest<"setMessageReaction", "reaction">,
    call?: CallOptions,
  ): Promise<true> {
    const { chat_id, message_id } = chatMessageOf("react", this.update)
    const reactions: ReactionType[] =
      typeof reaction === "string" ? [{ type: "emoji", emoji: reaction }] : [...reaction]
    return this.bot.setMessageReaction(
      { chat_id, message_id, reaction: reactions, ...options },
      call,
    )
  }

  /**
   * Forwards the message to another chat.
   *
   * @see https://core.telegram.org/bots/api#forwardmessage
   */
  async forward(
    chat_id: number | string,
    options?: Omit<Rest<"forwardMessage", "from_chat_id">, "chat_id">,
    call?: CallOptions,
  ): Promise<ApiResult<"forwardMessage">> {
    const { chat_id: from_chat_id, message_id } = chatMessageOf("forward", this.update)
    return this.bot.forwardMessage({ chat_id, from_chat_id, message_id, ...options }, call)
  }

  /**
   * Sends a copy of the message to another chat.
   *
   * @see https://core.telegram.org/bots/api#copymessage
   */
  async copy(
    chat_id: number | string,
    options?: Omit<Rest<"copyMessage", "from_chat_id">, "chat_id">,
    call?: CallOptions,
  ): Promise<ApiResult<"copyMessage">> {
    const { chat_id: from_chat_id, message_id } = chatMessageOf("copy", this.update)
    return this.bot.copyMessage({ chat_id, from_chat_id, message_id, ...options }, call)
  }

  /**
   * Pins the message.
   *
   * @see https://core.telegram.org/bots/api#pinchatmessage
   */
  async pin(options?: Rest<"pinChatMessage">, call?: CallOptions): Promise<true> {
    return this.bot.pinChatMessage({ ...chatMessageOf("pin", this.update), ...options }, call)
  }

  /**
   * Unpins the message.
   *
   * @see https://core.telegram.org/bots/api#unpinchatmessage
   */
  async unpin(options?: Rest<"unpinChatMessage">, call?: CallOptions): Promise<true> {
    return this.bot.unpinChatMessage({ ...chatMessageOf("unpin", this.update), ...options }, call)
  }

  /**
   * Leaves the chat.
   *
   * @see https://core.telegram.org/bots/api#leavechat
   */
  async leave(call?: CallOptions): Promise<true> {
    return this.bot.leaveChat({ chat_id: this.place("leave").chat_id }, call)
  }

  /**
   * Lets the user join who asked for it.
   *
   * @see https://core.telegram.org/bots/api#approvechatjoinrequest
   */
  async approve(call?: CallOptions): Promise<true> {
    return this.bot.approveChatJoinRequest(this.#joinRequest("approve"), call)
  }

  /**
   * Refuses the user who asked to join.
   *
   * @see https://core.telegram.org/bots/api#declinechatjoinrequest
   */
  async decline(call?: CallOptions): Promise<true> {
    return this.bot.declineChatJoinRequest(this.#joinRequest("decline"), call)
  }

  #joinRequest(method: string): { chat_id: number; user_id: number } {
    const request = this.update.chat_join_request
    if (!request) throw missing(method, this.update, "a request to join")
    return { chat_id: request.chat.id, user_id: request.from.id }
  }
}
