import { ownValue } from "../../ground/own-value.js"
import type { CallOptions } from "../../bot/index.js"
import type { ApiMethodName, ApiResult } from "../../telegram/api.js"
import type { EphemeralMessageParameters, Message } from "../../telegram/types.js"
import type { Parameter, Rest } from "./call-parameters.js"
import type { CallSubject, ContextCall } from "./context-call.js"
import { fillIn, personalTargetOf, sendTargetOf } from "./message-target.js"

/**
 * Shortcuts that send a message to the chat, topic and business connection of the update. For a join
 * request and a business connection, they send to the bot's private chat with the user.
 *
 * The message is no reply unless `reply_parameters` are passed. Options have Telegram's names and replace
 * the filled-in parameters; with the `chat_id` of another chat nothing is filled in. Each call rejects with
 * a `TypeError` if the update has no chat, or if it has a business connection that the method does not
 * support.
 *
 * The answer to an ephemeral message, or to a press of a button under one, is an ephemeral message for the
 * same person. With `ephemeral_message_parameters: undefined` everybody in the chat sees the answer. Albums,
 * polls and the other messages without an ephemeral form are refused.
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
  ): Promise<Message.TextMessage>

  /**
   * Sends a text that only the user of the update sees: an ephemeral message in a group, an ordinary message
   * in a private chat. In a group, Telegram accepts an ephemeral message from every bot for 15 s after a
   * press of a button or an ephemeral message, otherwise from administrators only. Rejects with a `TypeError`
   * if Telegram does not name the user, as for a channel post or an anonymous administrator. A press of a
   * button that names no chat is answered, too.
   *
   * @see https://core.telegram.org/bots/api#ephemeral-messages-and-commands
   */
  replyEphemeral(
    text: Parameter<"sendMessage", "text">,
    options?: EphemeralOptions,
    call?: CallOptions,
  ): Promise<Message.TextMessage>

  /**
   * Sends a rich message.
   *
   * @see https://core.telegram.org/bots/api#sendrichmessage
   */
  replyWithRichMessage(
    rich_message: Parameter<"sendRichMessage", "rich_message">,
    options?: Rest<"sendRichMessage", "rich_message">,
    call?: CallOptions,
  ): Promise<Message.RichMessageMessage>

  /**
   * Sends a photo.
   *
   * @see https://core.telegram.org/bots/api#sendphoto
   */
  replyWithPhoto(
    photo: Parameter<"sendPhoto", "photo">,
    options?: Rest<"sendPhoto", "photo">,
    call?: CallOptions,
  ): Promise<Message.PhotoMessage>

  /**
   * Sends a live photo.
   *
   * @see https://core.telegram.org/bots/api#sendlivephoto
   */
  replyWithLivePhoto(
    parameters: Rest<"sendLivePhoto">,
    call?: CallOptions,
  ): Promise<Message.LivePhotoMessage>

  /**
   * Sends an audio file for the music player.
   *
   * @see https://core.telegram.org/bots/api#sendaudio
   */
  replyWithAudio(
    audio: Parameter<"sendAudio", "audio">,
    options?: Rest<"sendAudio", "audio">,
    call?: CallOptions,
  ): Promise<Message.AudioMessage>

  /**
   * Sends a file.
   *
   * @see https://core.telegram.org/bots/api#senddocument
   */
  replyWithDocument(
    document: Parameter<"sendDocument", "document">,
    options?: Rest<"sendDocument", "document">,
    call?: CallOptions,
  ): Promise<Message.DocumentMessage>

  /**
   * Sends a video.
   *
   * @see https://core.telegram.org/bots/api#sendvideo
   */
  replyWithVideo(
    video: Parameter<"sendVideo", "video">,
    options?: Rest<"sendVideo", "video">,
    call?: CallOptions,
  ): Promise<Message.VideoMessage>

  /**
   * Sends an animation: a GIF or a video without sound.
   *
   * @see https://core.telegram.org/bots/api#sendanimation
   */
  replyWithAnimation(
    animation: Parameter<"sendAnimation", "animation">,
    options?: Rest<"sendAnimation", "animation">,
    call?: CallOptions,
  ): Promise<Message.AnimationMessage>

  /**
   * Sends a voice message.
   *
   * @see https://core.telegram.org/bots/api#sendvoice
   */
  replyWithVoice(
    voice: Parameter<"sendVoice", "voice">,
    options?: Rest<"sendVoice", "voice">,
    call?: CallOptions,
  ): Promise<Message.VoiceMessage>

  /**
   * Sends a round video message.
   *
   * @see https://core.telegram.org/bots/api#sendvideonote
   */
  replyWithVideoNote(
    video_note: Parameter<"sendVideoNote", "video_note">,
    options?: Rest<"sendVideoNote", "video_note">,
    call?: CallOptions,
  ): Promise<Message.VideoNoteMessage>

  /**
   * Sends a sticker.
   *
   * @see https://core.telegram.org/bots/api#sendsticker
   */
  replyWithSticker(
    sticker: Parameter<"sendSticker", "sticker">,
    options?: Rest<"sendSticker", "sticker">,
    call?: CallOptions,
  ): Promise<Message.StickerMessage>

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
  ): Promise<Message.GameMessage>

  /**
   * Sends a point on the map.
   *
   * @see https://core.telegram.org/bots/api#sendlocation
   */
  replyWithLocation(
    parameters: Rest<"sendLocation">,
    call?: CallOptions,
  ): Promise<Message.LocationMessage>

  /**
   * Sends a venue.
   *
   * @see https://core.telegram.org/bots/api#sendvenue
   */
  replyWithVenue(parameters: Rest<"sendVenue">, call?: CallOptions): Promise<Message.VenueMessage>

  /**
   * Sends a contact.
   *
   * @see https://core.telegram.org/bots/api#sendcontact
   */
  replyWithContact(
    parameters: Rest<"sendContact">,
    call?: CallOptions,
  ): Promise<Message.ContactMessage>

  /**
   * Sends a poll.
   *
   * @see https://core.telegram.org/bots/api#sendpoll
   */
  replyWithPoll(parameters: Rest<"sendPoll">, call?: CallOptions): Promise<Message.PollMessage>

  /**
   * Sends paid media.
   *
   * @see https://core.telegram.org/bots/api#sendpaidmedia
   */
  replyWithPaidMedia(
    parameters: Rest<"sendPaidMedia">,
    call?: CallOptions,
  ): Promise<Message.PaidMediaMessage>

  /**
   * Sends an invoice.
   *
   * @see https://core.telegram.org/bots/api#sendinvoice
   */
  replyWithInvoice(
    parameters: Rest<"sendInvoice">,
    call?: CallOptions,
  ): Promise<Message.InvoiceMessage>

  /**
   * Sends an HTML widget.
   *
   * @see https://core.telegram.org/bots/api#sendwidget
   */
  replyWithWidget(
    html: Parameter<"sendWidget", "html">,
    options?: Rest<"sendWidget", "html">,
    call?: CallOptions,
  ): Promise<Message>

  /**
   * Sends a shared widget again.
   *
   * @see https://core.telegram.org/bots/api#sendsharedwidget
   */
  replyWithSharedWidget(
    widget_id: Parameter<"sendSharedWidget", "widget_id">,
    options?: Rest<"sendSharedWidget", "widget_id">,
    call?: CallOptions,
  ): Promise<Message>

  /**
   * Sends an animated emoji with a random value: a die, a dart, a slot machine, …
   *
   * @see https://core.telegram.org/bots/api#senddice
   */
  replyWithDice(options?: Rest<"sendDice">, call?: CallOptions): Promise<Message.DiceMessage>

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

/** The options of an ephemeral text. */
export type EphemeralOptions = Omit<Rest<"sendMessage", "text">, "ephemeral_message_parameters"> & {
  /** Parameters next to the receiver and the press, which are filled in. Default: none. */
  readonly ephemeral_message_parameters?: Partial<EphemeralMessageParameters>
}

/**
 * The Bot API method of each shortcut, and the name of the parameter that is its first argument. Without a
 * name, the first argument is an object of all parameters.
 */
const shortcuts: Readonly<
  Record<Exclude<keyof ReplyMethods, "replyEphemeral">, readonly [ApiMethodName, string?]>
> = {
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
  replyWithWidget: ["sendWidget", "html"],
  replyWithSharedWidget: ["sendSharedWidget", "widget_id"],
  replyWithDice: ["sendDice"],
  sendChatAction: ["sendChatAction", "action"],
}

/** The implementations of the shortcuts by name. */
export const replyCalls: ReadonlyMap<string, ContextCall> = new Map<string, ContextCall>([
  ...Object.entries(shortcuts).map(
    ([name, [method, parameter]]) =>
      [
        name,
        parameter === undefined
          ? sendParameters(name, method)
          : sendArgument(name, method, parameter),
      ] as const,
  ),
  ["replyEphemeral", sendEphemeral],
])

async function sendEphemeral(
  { bot, update }: CallSubject,
  text: string,
  options: EphemeralOptions = {},
  call?: CallOptions,
): Promise<unknown> {
  const { ephemeral_message_parameters: given, ...rest } = options
  const target = fillIn(update, rest, () => personalTargetOf("replyEphemeral", update))
  const filledIn = target.ephemeral_message_parameters
  const parameters = (filledIn ?? given) && { ...filledIn, ...given }
  return bot.call(
    "sendMessage",
    { ...target, text, ephemeral_message_parameters: parameters },
    call,
  )
}

/** Returns the index of the options among the arguments of a shortcut. */
export function optionsIndexOf(name: string): number {
  return ownValue(shortcuts, name)?.[1] === undefined ? 0 : 1
}

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
