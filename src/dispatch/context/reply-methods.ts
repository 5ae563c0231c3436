import type { Bot, CallOptions } from "../../bot/index.js"
import type { ApiResult } from "../../telegram/api.js"
import type { Chat, Update } from "../../telegram/types.js"
import type { Parameter, Rest } from "./call-parameters.js"
import { type Place, placeOf } from "./message-target.js"
import { UpdateFields } from "./update-fields.js"

/**
 * Sends to where the update came from: the same chat, topic and business connection. Nothing quotes
 * the message unless `reply_parameters` say so. Options have Telegram's names, and win over what is
 * filled in. Each call rejects with a `TypeError` where the update has no chat.
 */
export abstract class ReplyMethods<U extends Update> extends UpdateFields<U> {
  /** Calls to Telegram. */
  abstract readonly bot: Bot
  /** The chat the update happened in; `undefined` where there is none. */
  abstract readonly chat: Chat | undefined

  /**
   * Sends a text.
   *
   * @see https://core.telegram.org/bots/api#sendmessage
   */
  async reply(
    text: Parameter<"sendMessage", "text">,
    options?: Rest<"sendMessage", "text">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendMessage">> {
    return this.bot.sendMessage({ ...this.place("reply"), text, ...options }, call)
  }

  /**
   * Sends a rich message.
   *
   * @see https://core.telegram.org/bots/api#sendrichmessage
   */
  async replyWithRichMessage(
    rich_message: Parameter<"sendRichMessage", "rich_message">,
    options?: Rest<"sendRichMessage", "rich_message">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendRichMessage">> {
    return this.bot.sendRichMessage(
      { ...this.place("replyWithRichMessage"), rich_message, ...options },
      call,
    )
  }

  /**
   * Sends a photo.
   *
   * @see https://core.telegram.org/bots/api#sendphoto
   */
  async replyWithPhoto(
    photo: Parameter<"sendPhoto", "photo">,
    options?: Rest<"sendPhoto", "photo">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendPhoto">> {
    return this.bot.sendPhoto({ ...this.place("replyWithPhoto"), photo, ...options }, call)
  }

  /**
   * Sends a live photo.
   *
   * @see https://core.telegram.org/bots/api#sendlivephoto
   */
  async replyWithLivePhoto(
    parameters: Rest<"sendLivePhoto">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendLivePhoto">> {
    return this.bot.sendLivePhoto({ ...this.place("replyWithLivePhoto"), ...parameters }, call)
  }

  /**
   * Sends an audio file for the music player.
   *
   * @see https://core.telegram.org/bots/api#sendaudio
   */
  async replyWithAudio(
    audio: Parameter<"sendAudio", "audio">,
    options?: Rest<"sendAudio", "audio">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendAudio">> {
    return this.bot.sendAudio({ ...this.place("replyWithAudio"), audio, ...options }, call)
  }

  /**
   * Sends a file.
   *
   * @see https://core.telegram.org/bots/api#senddocument
   */
  async replyWithDocument(
    document: Parameter<"sendDocument", "document">,
    options?: Rest<"sendDocument", "document">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendDocument">> {
    return this.bot.sendDocument({ ...this.place("replyWithDocument"), document, ...options }, call)
  }

  /**
   * Sends a video.
   *
   * @see https://core.telegram.org/bots/api#sendvideo
   */
  async replyWithVideo(
    video: Parameter<"sendVideo", "video">,
    options?: Rest<"sendVideo", "video">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendVideo">> {
    return this.bot.sendVideo({ ...this.place("replyWithVideo"), video, ...options }, call)
  }

  /**
   * Sends an animation: a GIF or a video without sound.
   *
   * @see https://core.telegram.org/bots/api#sendanimation
   */
  async replyWithAnimation(
    animation: Parameter<"sendAnimation", "animation">,
    options?: Rest<"sendAnimation", "animation">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendAnimation">> {
    return this.bot.sendAnimation(
      { ...this.place("replyWithAnimation"), animation, ...options },
      call,
    )
  }

  /**
   * Sends a voice message.
   *
   * @see https://core.telegram.org/bots/api#sendvoice
   */
  async replyWithVoice(
    voice: Parameter<"sendVoice", "voice">,
    options?: Rest<"sendVoice", "voice">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendVoice">> {
    return this.bot.sendVoice({ ...this.place("replyWithVoice"), voice, ...options }, call)
  }

  /**
   * Sends a round video message.
   *
   * @see https://core.telegram.org/bots/api#sendvideonote
   */
  async replyWithVideoNote(
    video_note: Parameter<"sendVideoNote", "video_note">,
    options?: Rest<"sendVideoNote", "video_note">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendVideoNote">> {
    return this.bot.sendVideoNote(
      { ...this.place("replyWithVideoNote"), video_note, ...options },
      call,
    )
  }

  /**
   * Sends a sticker.
   *
   * @see https://core.telegram.org/bots/api#sendsticker
   */
  async replyWithSticker(
    sticker: Parameter<"sendSticker", "sticker">,
    options?: Rest<"sendSticker", "sticker">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendSticker">> {
    return this.bot.sendSticker({ ...this.place("replyWithSticker"), sticker, ...options }, call)
  }

  /**
   * Sends several media as an album.
   *
   * @see https://core.telegram.org/bots/api#sendmediagroup
   */
  async replyWithMediaGroup(
    media: Parameter<"sendMediaGroup", "media">,
    options?: Rest<"sendMediaGroup", "media">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendMediaGroup">> {
    return this.bot.sendMediaGroup(
      { ...this.place("replyWithMediaGroup"), media, ...options },
      call,
    )
  }

  /**
   * Sends a game.
   *
   * @see https://core.telegram.org/bots/api#sendgame
   */
  async replyWithGame(
    game_short_name: Parameter<"sendGame", "game_short_name">,
    options?: Rest<"sendGame", "game_short_name">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendGame">> {
    return this.bot.sendGame({ ...this.place("replyWithGame"), game_short_name, ...options }, call)
  }

  /**
   * Sends a point on the map.
   *
   * @see https://core.telegram.org/bots/api#sendlocation
   */
  async replyWithLocation(
    parameters: Rest<"sendLocation">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendLocation">> {
    return this.bot.sendLocation({ ...this.place("replyWithLocation"), ...parameters }, call)
  }

  /**
   * Sends a venue.
   *
   * @see https://core.telegram.org/bots/api#sendvenue
   */
  async replyWithVenue(
    parameters: Rest<"sendVenue">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendVenue">> {
    return this.bot.sendVenue({ ...this.place("replyWithVenue"), ...parameters }, call)
  }

  /**
   * Sends a contact.
   *
   * @see https://core.telegram.org/bots/api#sendcontact
   */
  async replyWithContact(
    parameters: Rest<"sendContact">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendContact">> {
    return this.bot.sendContact({ ...this.place("replyWithContact"), ...parameters }, call)
  }

  /**
   * Sends a poll.
   *
   * @see https://core.telegram.org/bots/api#sendpoll
   */
  async replyWithPoll(
    parameters: Rest<"sendPoll">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendPoll">> {
    return this.bot.sendPoll({ ...this.place("replyWithPoll"), ...parameters }, call)
  }

  /**
   * Sends paid media.
   *
   * @see https://core.telegram.org/bots/api#sendpaidmedia
   */
  async replyWithPaidMedia(
    parameters: Rest<"sendPaidMedia">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendPaidMedia">> {
    return this.bot.sendPaidMedia({ ...this.place("replyWithPaidMedia"), ...parameters }, call)
  }

  /**
   * Sends an invoice.
   *
   * @see https://core.telegram.org/bots/api#sendinvoice
   */
  async replyWithInvoice(
    parameters: Rest<"sendInvoice">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendInvoice">> {
    return this.bot.sendInvoice({ ...this.place("replyWithInvoice"), ...parameters }, call)
  }

  /**
   * Sends a dice, or another emoji that comes to rest by chance.
   *
   * @see https://core.telegram.org/bots/api#senddice
   */
  async replyWithDice(
    options?: Rest<"sendDice">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendDice">> {
    return this.bot.sendDice({ ...this.place("replyWithDice"), ...options }, call)
  }

  /**
   * Shows for five seconds what the bot is doing: `"typing"`, `"upload_photo"`, …
   *
   * @see https://core.telegram.org/bots/api#sendchataction
   */
  async sendChatAction(
    action: Parameter<"sendChatAction", "action">,
    options?: Rest<"sendChatAction", "action">,
    call?: CallOptions,
  ): Promise<true> {
    return this.bot.sendChatAction({ ...this.place("sendChatAction"), action, ...options }, call)
  }

  /** Where `method` sends to. */
  protected place(method: string): Place {
    return placeOf(method, this.update, this.chat)
  }
}
