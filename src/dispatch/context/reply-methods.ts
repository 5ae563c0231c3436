import type { CallOptions } from "../../bot/index.js"
import type { ApiMethodName, ApiResult } from "../../telegram/api.js"
import type { Parameter, Rest } from "./call-parameters.js"
import type { CallSubject, ContextCall } from "./context-call.js"
import { fillIn, placeOf } from "./message-target.js"

/**
 * Shortcuts that send to where the update came from: the same chat, topic and business connection. A
 * request to join and a new business connection are answered in the bot's own chat with the person.
 *
 * Nothing quotes the message unless `reply_parameters` say so. Options have Telegram's names, and win
 * over the filled-in parameters; with the `chat_id` of another chat nothing is filled in. Each call
 * rejects with a `TypeError` where the update has no chat, or the method knows no business accounts.
 */
export interface ReplyMethods {
  /**
   * Sends a text.
   *
   * @see https://core.telegram.org/bots/api#sendmessage
   */
  reply(
    text: Parameter<"sendMessage", "text">,
    options?: Rest<"sendMessage", "text">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendMessage">>

  /**
   * Sends a rich message.
   *
   * @see https://core.telegram.org/bots/api#sendrichmessage
   */
  replyWithRichMessage(
    rich_message: Parameter<"sendRichMessage", "rich_message">,
    options?: Rest<"sendRichMessage", "rich_message">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendRichMessage">>

  /**
   * Sends a photo.
   *
   * @see https://core.telegram.org/bots/api#sendphoto
   */
  replyWithPhoto(
    photo: Parameter<"sendPhoto", "photo">,
    options?: Rest<"sendPhoto", "photo">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendPhoto">>

  /**
   * Sends a live photo.
   *
   * @see https://core.telegram.org/bots/api#sendlivephoto
   */
  replyWithLivePhoto(
    parameters: Rest<"sendLivePhoto">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendLivePhoto">>

  /**
   * Sends an audio file for the music player.
   *
   * @see https://core.telegram.org/bots/api#sendaudio
   */
  replyWithAudio(
    audio: Parameter<"sendAudio", "audio">,
    options?: Rest<"sendAudio", "audio">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendAudio">>

  /**
   * Sends a file.
   *
   * @see https://core.telegram.org/bots/api#senddocument
   */
  replyWithDocument(
    document: Parameter<"sendDocument", "document">,
    options?: Rest<"sendDocument", "document">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendDocument">>

  /**
   * Sends a video.
   *
   * @see https://core.telegram.org/bots/api#sendvideo
   */
  replyWithVideo(
    video: Parameter<"sendVideo", "video">,
    options?: Rest<"sendVideo", "video">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendVideo">>

  /**
   * Sends an animation: a GIF or a video without sound.
   *
   * @see https://core.telegram.org/bots/api#sendanimation
   */
  replyWithAnimation(
    animation: Parameter<"sendAnimation", "animation">,
    options?: Rest<"sendAnimation", "animation">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendAnimation">>

  /**
   * Sends a voice message.
   *
   * @see https://core.telegram.org/bots/api#sendvoice
   */
  replyWithVoice(
    voice: Parameter<"sendVoice", "voice">,
    options?: Rest<"sendVoice", "voice">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendVoice">>

  /**
   * Sends a round video message.
   *
   * @see https://core.telegram.org/bots/api#sendvideonote
   */
  replyWithVideoNote(
    video_note: Parameter<"sendVideoNote", "video_note">,
    options?: Rest<"sendVideoNote", "video_note">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendVideoNote">>

  /**
   * Sends a sticker.
   *
   * @see https://core.telegram.org/bots/api#sendsticker
   */
  replyWithSticker(
    sticker: Parameter<"sendSticker", "sticker">,
    options?: Rest<"sendSticker", "sticker">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendSticker">>

  /**
   * Sends several media as an album.
   *
   * @see https://core.telegram.org/bots/api#sendmediagroup
   */
  replyWithMediaGroup(
    media: Parameter<"sendMediaGroup", "media">,
    options?: Rest<"sendMediaGroup", "media">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendMediaGroup">>

  /**
   * Sends a game.
   *
   * @see https://core.telegram.org/bots/api#sendgame
   */
  replyWithGame(
    game_short_name: Parameter<"sendGame", "game_short_name">,
    options?: Rest<"sendGame", "game_short_name">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendGame">>

  /**
   * Sends a point on the map.
   *
   * @see https://core.telegram.org/bots/api#sendlocation
   */
  replyWithLocation(
    parameters: Rest<"sendLocation">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendLocation">>

  /**
   * Sends a venue.
   *
   * @see https://core.telegram.org/bots/api#sendvenue
   */
  replyWithVenue(parameters: Rest<"sendVenue">, call?: CallOptions): Promise<ApiResult<"sendVenue">>

  /**
   * Sends a contact.
   *
   * @see https://core.telegram.org/bots/api#sendcontact
   */
  replyWithContact(
    parameters: Rest<"sendContact">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendContact">>

  /**
   * Sends a poll.
   *
   * @see https://core.telegram.org/bots/api#sendpoll
   */
  replyWithPoll(parameters: Rest<"sendPoll">, call?: CallOptions): Promise<ApiResult<"sendPoll">>

  /**
   * Sends paid media.
   *
   * @see https://core.telegram.org/bots/api#sendpaidmedia
   */
  replyWithPaidMedia(
    parameters: Rest<"sendPaidMedia">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendPaidMedia">>

  /**
   * Sends an invoice.
   *
   * @see https://core.telegram.org/bots/api#sendinvoice
   */
  replyWithInvoice(
    parameters: Rest<"sendInvoice">,
    call?: CallOptions,
  ): Promise<ApiResult<"sendInvoice">>

  /**
   * Sends a dice, or another emoji that comes to rest by chance.
   *
   * @see https://core.telegram.org/bots/api#senddice
   */
  replyWithDice(options?: Rest<"sendDice">, call?: CallOptions): Promise<ApiResult<"sendDice">>

  /**
   * Shows an activity of the bot for five seconds: `"typing"`, `"upload_photo"`, …
   *
   * @see https://core.telegram.org/bots/api#sendchataction
   */
  sendChatAction(
    action: Parameter<"sendChatAction", "action">,
    options?: Rest<"sendChatAction", "action">,
    call?: CallOptions,
  ): Promise<true>
}

/** The method of the Bot API that each shortcut calls, and the parameter that its first argument is. */
const shortcuts: Readonly<Record<keyof ReplyMethods, readonly [ApiMethodName, string?]>> = {
  reply: ["sendMessage", "text"],
  replyWithRichMessage: ["sendRichMessage", "rich_message"],
  replyWithPhoto: ["sendPhoto", "photo"],
  replyWithLivePhoto: ["sendLivePhoto"],
  replyWithAudio: ["sendAudio", "audio"],
  replyWithDocument: ["sendDocument", "document"],
  replyWithVideo: ["sendVideo", "video"],
  replyWithAnimation: ["sendAnimation", "animation"],
  replyWithVoice: ["sendVoice", "voice"],
  replyWithVideoNote: ["sendVideoNote", "video_note"],
  replyWithSticker: ["sendSticker", "sticker"],
  replyWithMediaGroup: ["sendMediaGroup", "media"],
  replyWithGame: ["sendGame", "game_short_name"],
  replyWithLocation: ["sendLocation"],
  replyWithVenue: ["sendVenue"],
  replyWithContact: ["sendContact"],
  replyWithPoll: ["sendPoll"],
  replyWithPaidMedia: ["sendPaidMedia"],
  replyWithInvoice: ["sendInvoice"],
  replyWithDice: ["sendDice"],
  sendChatAction: ["sendChatAction", "action"],
}

/** The shortcuts by name. */
export const replyCalls: ReadonlyMap<string, ContextCall> = new Map(
  Object.entries(shortcuts).map(([name, [method, parameter]]) => [
    name,
    parameter === undefined ? sends(name, method) : sendsOne(name, method, parameter),
  ]),
)

type SendCall = (about: CallSubject, options?: object, call?: CallOptions) => Promise<unknown>

/** A shortcut whose first argument is all parameters. */
function sends(name: string, method: ApiMethodName): SendCall {
  return async ({ bot, update }, options?: object, call?: CallOptions) => {
    const params = fillIn(update, options, () => placeOf(name, method, update))
    return bot.call(method, params, call)
  }
}

/** A shortcut whose first argument is one parameter. */
function sendsOne(name: string, method: ApiMethodName, parameter: string): ContextCall {
  const send = sends(name, method)
  return (about, value: unknown, options?: object, call?: CallOptions) =>
    send(about, { [parameter]: value, ...options }, call)
}
