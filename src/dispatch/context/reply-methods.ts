import type { CallOptions } from "../../bot/index.js"
import type { ApiMethodName, ApiResult } from "../../telegram/api.js"
import type { Parameter, Rest } from "./call-parameters.js"
import type { CallSubject, ContextCall } from "./context-call.js"
import { fillIn, sendTargetOf } from "./message-target.js"

/**
 * Shortcuts that send a message to the chat, topic and business connection of the update. For a join
 * request and a business connection, they send to the bot's private chat with the user.
 *
 * The message is no reply unless `reply_parameters` are passed. Options have Telegram's names and replace
 * the filled-in parameters; with the `chat_id` of another chat nothing is filled in. Each call rejects with
 * a `TypeError` if the update has no chat, or if it has a business connection that the method does not
 * support.
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
   * Sends an animated emoji with a random value: a die, a dart, a slot machine, …
   *
   * @see https://core.telegram.org/bots/api#senddice
   */
  replyWithDice(options?: Rest<"sendDice">, call?: CallOptions): Promise<ApiResult<"sendDice">>

  /**
   * Shows an activity of the bot in the chat for five seconds: `"typing"`, `"upload_photo"`, …
   *
   * @see https://core.telegram.org/bots/api#sendchataction
   */
  sendChatAction(
    action: Parameter<"sendChatAction", "action">,
    options?: Rest<"sendChatAction", "action">,
    call?: CallOptions,
  ): Promise<true>
}

/**
 * The Bot API method of each shortcut, and the name of the parameter that is its first argument. Without a
 * name, the first argument is an object of all parameters.
 */
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

/** The implementations of the shortcuts by name. */
export const replyCalls: ReadonlyMap<string, ContextCall> = new Map(
  Object.entries(shortcuts).map(([name, [method, parameter]]) => [
    name,
    parameter === undefined ? sendParameters(name, method) : sendArgument(name, method, parameter),
  ]),
)

type SendCall = (subject: CallSubject, options?: object, call?: CallOptions) => Promise<unknown>

/** Returns the implementation of a shortcut whose first argument is an object of all parameters. */
function sendParameters(name: string, method: ApiMethodName): SendCall {
  return async ({ bot, update }, options?: object, call?: CallOptions) => {
    const params = fillIn(update, options, () => sendTargetOf(name, method, update))
    return bot.call(method, params, call)
  }
}

/** Returns the implementation of a shortcut whose first argument is the value of one parameter. */
function sendArgument(name: string, method: ApiMethodName, parameter: string): ContextCall {
  const send = sendParameters(name, method)
  return (subject, value: unknown, options?: object, call?: CallOptions) =>
    send(subject, { [parameter]: value, ...options }, call)
}
