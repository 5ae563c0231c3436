import type { MessageEntity } from "@grammyjs/types"

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
 * @param format the format: `r`, or a sequence of `w`, `d`/`D` and `t`/`T`
 * @returns the date; `undefined` for invalid values
 */
export function timeOf(unix: string, format: string): Time | undefined {
  const isTime = /^\d{1,10}$/.test(unix) && Number(unix) > 0 && Number(unix) < 2 ** 31
  if (!isTime || !/^(?:r|w?[dD]?[tT]?)$/.test(format)) return undefined
  // The line above has checked it.
  return { unix_time: Number(unix), date_time_format: format as Time["date_time_format"] }
}

/** An entity whose end has not been read yet. */
export interface OpenEntity {
  readonly type: FormattedType
  readonly offset: number
  readonly url?: string
  readonly custom_emoji_id?: string
  /** The date of a date entity. */
  readonly time?: Time
  language?: string
}

/** Closes an entity at the current end of the text. Drops an empty entity. */
export function closeEntity(open: OpenEntity, text: string, entities: MessageEntity[]): void {
  const { type, offset, url, custom_emoji_id, language, time } = open
  const length = text.length - offset
  if (length === 0) return
  if (type === "text_link") {
    const address = url === "" || url === undefined ? text.slice(offset) : url
    const mentioned = /^tg:\/\/user\?id=(\d+)$/.exec(address)?.[1]
    if (mentioned !== undefined) {
      // The user is looked up when the message is sent.
      const user = { id: Number(mentioned), is_bot: false, first_name: "" }
      entities.push({ type: "text_mention", offset, length, user })
    } else if (/^\S[^\s.]*\.\S+$|^\w+:\/\//.test(address))
      entities.push({ type, offset, length, url: webAddress(address) })
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

function webAddress(address: string): string {
  const url = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `http://${address}`
  return URL.canParse(url) ? new URL(url).href : url
}
