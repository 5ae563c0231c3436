import type { MessageEntity } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import type { GrowingText } from "./growing-text.js"
import { linkTarget } from "./link-address.js"

/** The length of the longest message; a longer text of a link is no address. */
const maxLength = 4096

/** A text with its entities. */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

/** The kinds of entity that formatting can create. */
export type FormattedType = Exclude<MessageEntity["type"], "text_mention">

/** A date entity. */
export interface Time {
  readonly unix_time: number
  readonly date_time_format: Extract<MessageEntity, { type: "date_time" }>["date_time_format"]
}

/**
 * Parses the date of a tag or link.
 *
 * @param unix the Unix time in seconds, as text
 * @param format `r`, or the letters `w`, `d`/`D` and `t`/`T`, in any order
 * @returns the date; `undefined` for an invalid time or format
 */
export function timeOf(unix: string, format: string): Time | undefined {
  const isTime = /^\d{1,10}$/.test(unix) && Number(unix) > 0 && Number(unix) < 2 ** 31
  if (!isTime || !isTimeFormat(format)) return undefined
  const has = (letter: string) => (format.includes(letter) ? letter : "")
  const day = /w/i.test(format) ? "w" : ""
  const relative = /r/i.test(format) ? "r" : ""
  // The line before has put the letters into the order of the type.
  const ordered = relative || `${day}${has("D") || has("d")}${has("T") || has("t")}`
  return { unix_time: Number(unix), date_time_format: ordered as Time["date_time_format"] }
}

/** Tells if a text is a format of dates. */
export function isTimeFormat(format: string): boolean {
  return /^(?:r|[wdt]*)$/i.test(format)
}

/** An entity whose end has not been read yet. */
export interface OpenEntity {
  readonly type: FormattedType
  readonly offset: number
  /** The address of a link; without one, the text is the address. */
  readonly url?: string | undefined
  readonly custom_emoji_id?: string
  /** The date of a date entity. */
  readonly time?: Time
  readonly language?: string | undefined
}

/** Closes an entity at the current end of the text. Drops an empty entity. */
export function closeEntity(open: OpenEntity, text: GrowingText, entities: MessageEntity[]): void {
  const { type, offset, url, custom_emoji_id, language, time } = open
  const length = text.length - offset
  if (length === 0) return
  if (type === "text_link") {
    const target = linkTarget(url ?? (length > maxLength ? "" : text.from(offset)))
    if (target.kind === "url") entities.push({ type, offset, length, url: target.url })
    if (target.kind === "user") {
      // The user is looked up when the message is sent.
      const user = { id: target.id, is_bot: false, first_name: "" }
      entities.push({ type: "text_mention", offset, length, user })
    }
  } else if (type === "date_time") {
    if (time !== undefined) entities.push({ type, offset, length, ...time })
  } else if (type === "custom_emoji") {
    entities.push({ type, offset, length, custom_emoji_id: custom_emoji_id ?? "" })
  } else if (type === "pre" && language !== undefined && language !== "") {
    entities.push({ type, offset, length, language })
  } else {
    entities.push({ type, offset, length })
  }
}

/** Returns the error for a text that cannot be parsed. */
export function unparsed(reason: string): CallError {
  return CallError.badRequest(`can't parse entities: ${reason}`)
}

/** Returns the number of bytes before a position of a text. */
export function byteAt(text: string, at: number): number {
  return Buffer.byteLength(text.slice(0, at))
}
