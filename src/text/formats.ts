import { describeValue } from "../ground/expect-option.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { MessageEntity, User } from "../telegram/types.js"
import type { Format } from "./entity-kinds.js"
import { fmt, partText, type TextPart } from "./fmt.js"
import { linkUrl } from "./link-url.js"
import { settleEntities } from "./settle-entities.js"

/** A function that formats a part, or a template like that of `fmt`. */
export interface TextStyle {
  /** Formats the text of a template. */
  (template: TemplateStringsArray, ...parts: readonly TextPart[]): FormattedText
  /** Formats a part. */
  (part: TextPart): FormattedText
}

/** Bold text. */
export const bold: TextStyle = styleOf({ type: "bold" })

/** Italic text. */
export const italic: TextStyle = styleOf({ type: "italic" })

/** Underlined text. */
export const underline: TextStyle = styleOf({ type: "underline" })

/** Struck-through text. */
export const strikethrough: TextStyle = styleOf({ type: "strikethrough" })

/** Text that is covered until a person taps on it. */
export const spoiler: TextStyle = styleOf({ type: "spoiler" })

/** Text in a fixed-width font, within a line. Other formats in it are left out. */
export const code: TextStyle = styleOf({ type: "code" })

/** A block quotation. Other quotations in it are left out. */
export const blockquote: TextStyle = styleOf({ type: "blockquote" })

/** A block quotation of which Telegram first shows only the beginning. Other quotations in it are left out. */
export const expandableBlockquote: TextStyle = styleOf({ type: "expandable_blockquote" })

/**
 * Returns a block of code in a fixed-width font. Other formats in it are left out.
 *
 * @param language the programming language, as in `"python"`
 */
export function pre(part: TextPart, language?: string): FormattedText {
  const word = /^[^\s`]+/.exec(language ?? "")?.[0]
  return formatted(part, { type: "pre", ...(word !== undefined && { language: word }) })
}

/**
 * Returns a text that opens a URL. A URL that Telegram would refuse, which a user may have typed, gives the text
 * without a link.
 */
export function link(part: TextPart, url: string | URL): FormattedText {
  const address = linkUrl(String(url))
  if (address === undefined) return partText(part)
  const id = /^tg:\/\/user\?id=(\d+)$/.exec(address)?.[1]
  if (id !== undefined) return mention(part, Number(id))
  return formatted(part, { type: "text_link", url: address })
}

/**
 * Returns a text that mentions a user, with or without a username. Telegram leaves out the mention of a user
 * who has never met the bot.
 *
 * @param user the user, or the user's id
 * @throws TypeError if the id is not a positive integer
 */
export function mention(part: TextPart, user: Pick<User, "id"> | number): FormattedText {
  // A program in JavaScript may pass a message without a sender.
  const id: number | undefined = typeof user === "object" ? user?.id : user
  if (id === undefined || !Number.isSafeInteger(id) || id <= 0) {
    throw new TypeError(
      `Expected the id of a user to be a positive integer, got ${describeValue(id)}.`,
    )
  }
  return formatted(part, { type: "text_mention", user: { id, is_bot: false, first_name: "" } })
}

/**
 * Returns a custom emoji. Telegram shows `emoji` where it cannot show the custom emoji.
 *
 * @param emoji one ordinary emoji
 * @param id the `custom_emoji_id` of the sticker
 * @throws TypeError if the id does not consist of digits
 */
export function customEmoji(emoji: string, id: string): FormattedText {
  if (!/^\d{1,19}$/.test(id)) {
    throw new TypeError(
      `Expected the id of a custom emoji to consist of digits, got ${describeValue(id)}.`,
    )
  }
  return formatted(emoji, { type: "custom_emoji", custom_emoji_id: id })
}

/** The form in which Telegram shows a date: `"r"` for a relative one, otherwise of weekday, date and time. */
export type DateTimeFormat = Extract<MessageEntity, { type: "date_time" }>["date_time_format"]

/**
 * Returns a date that Telegram shows in the language and time zone of the reader.
 *
 * @param part the text for apps that cannot show dates
 * @param date the date, or the Unix time in seconds; a date before 1970 or after 2038, which Telegram cannot
 *   show, gives the text alone
 * @param format the form; default: `"wDT"`, the weekday, the long date and the long time
 * @throws TypeError if the date is invalid
 * @see https://core.telegram.org/bots/api#date-time-entity-formatting
 */
export function dateTime(
  part: TextPart,
  date: Date | number,
  format: DateTimeFormat = "wDT",
): FormattedText {
  const seconds = typeof date === "number" ? date : date.getTime() / 1000
  if (!Number.isFinite(seconds)) {
    throw new TypeError(`Expected a valid date, got ${describeValue(date)}.`)
  }
  const unix_time = Math.floor(seconds)
  if (unix_time <= 0 || unix_time >= 2 ** 31) return partText(part)
  return formatted(part, { type: "date_time", unix_time, date_time_format: format })
}

function styleOf(format: Format): TextStyle {
  return (first: TextPart | TemplateStringsArray, ...parts: readonly TextPart[]) =>
    formatted(isTemplate(first) ? fmt(first, ...parts) : first, format)
}

function isTemplate(value: TextPart | TemplateStringsArray): value is TemplateStringsArray {
  return Array.isArray(value)
}

function formatted(part: TextPart, format: Format): FormattedText {
  const { text, entities } = partText(part)
  const outer: MessageEntity = { ...format, offset: 0, length: text.length }
  return { text, entities: [...settleEntities(text, [outer, ...entities])] }
}
