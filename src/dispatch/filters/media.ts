import type { Dice } from "../../telegram/types.js"
import { type MessageFilter, messageFilter } from "./filter.js"
import { has, type MessageWith } from "./has.js"

/** Photos. */
export const photo: MessageFilter<MessageWith<"photo">> = has("photo")

/** Live photos. */
export const livePhoto: MessageFilter<MessageWith<"live_photo">> = has("live_photo")

/** Videos. */
export const video: MessageFilter<MessageWith<"video">> = has("video")

/** Audio files for the music player. */
export const audio: MessageFilter<MessageWith<"audio">> = has("audio")

/** Voice messages. */
export const voice: MessageFilter<MessageWith<"voice">> = has("voice")

/** Files, including animations, which Telegram also sends as a document. */
export const document: MessageFilter<MessageWith<"document">> = has("document")

/** Stickers. */
export const sticker: MessageFilter<MessageWith<"sticker">> = has("sticker")

/** Animations: GIFs and videos without sound. */
export const animation: MessageFilter<MessageWith<"animation">> = has("animation")

/** Round video messages. */
export const videoNote: MessageFilter<MessageWith<"video_note">> = has("video_note")

/** Paid media. */
export const paidMedia: MessageFilter<MessageWith<"paid_media">> = has("paid_media")

/** Forwarded stories. */
export const story: MessageFilter<MessageWith<"story">> = has("story")

/** Contacts. */
export const contact: MessageFilter<MessageWith<"contact">> = has("contact")

/** Locations, including those of venues. */
export const location: MessageFilter<MessageWith<"location">> = has("location")

/** Venues. */
export const venue: MessageFilter<MessageWith<"venue">> = has("venue")

/** Polls as messages; `dispatcher.poll` handles changes of their state. */
export const poll: MessageFilter<MessageWith<"poll">> = has("poll")

/** Animated emoji with a random value: dice, darts, slot machines, … */
export const dice: MessageFilter<MessageWith<"dice">> = has("dice")

/** Games. */
export const game: MessageFilter<MessageWith<"game">> = has("game")

/** Checklists. */
export const checklist: MessageFilter<MessageWith<"checklist">> = has("checklist")

/** Invoices. */
export const invoice: MessageFilter<MessageWith<"invoice">> = has("invoice")

/** Rich messages. */
export const richMessage: MessageFilter<MessageWith<"rich_message">> = has("rich_message")

/** Giveaways that are announced. */
export const giveaway: MessageFilter<MessageWith<"giveaway">> = has("giveaway")

/** Announcements of the winners of a giveaway. */
export const giveawayWinners: MessageFilter<MessageWith<"giveaway_winners">> =
  has("giveaway_winners")

/** Files of one of these MIME types; `"image/*"` or `"image/"` stands for all images. */
export function documentType(...types: readonly string[]): MessageFilter<MessageWith<"document">> {
  const mimeTypes = types.map((type) => type.toLowerCase().replace(/\*$/, ""))
  return messageFilter(({ document: file }) => {
    const mimeType = file?.mime_type?.toLowerCase()
    if (mimeType === undefined) return false
    return mimeTypes.some((type) =>
      type.endsWith("/") ? mimeType.startsWith(type) : mimeType === type,
    )
  })
}

/** Files whose names end in one of these extensions, with or without the dot, in upper or lower case. */
export function documentExtension(
  ...extensions: readonly string[]
): MessageFilter<MessageWith<"document">> {
  const suffixes = extensions.map((extension) => `.${extension.toLowerCase().replace(/^\./, "")}`)
  return messageFilter(({ document: file }) => {
    const name = file?.file_name?.toLowerCase()
    return name !== undefined && suffixes.some((suffix) => name.endsWith(suffix))
  })
}

/** Dice of one of these emoji: `"🎲"`, `"🎯"`, … */
export function diceEmoji(...emoji: readonly Dice["emoji"][]): MessageFilter<MessageWith<"dice">> {
  const emojiSet = new Set<string>(emoji)
  return messageFilter(({ dice }) => dice !== undefined && emojiSet.has(dice.emoji))
}
