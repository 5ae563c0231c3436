import type { MessageEntity } from "@grammyjs/types"

/** A text with its entities. */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

/** The kinds of entity that formatting can make. */
export type FormattedType = Exclude<MessageEntity["type"], "text_mention">

/** A date in a text. */
export interface Time {
  readonly unix_time: number
  readonly date_time_format: Extract<MessageEntity, { type: "date_time" }>["date_time_format"]
}

/**
 * The date that a tag or a link names.
 *
 * @param unix Unix time in seconds, as it is written
 * @param format how it is shown: `r`, or `w`, `d`/`D` and `t`/`T` one after the other
 * @returns `undefined` for what is no date
 */
export function timeOf(unix: string, format: string): Time | undefined {
  const isTime = /^\d{1,10}$/.test(unix) && Number(unix) > 0 && Number(unix) < 2 ** 31
  if (!isTime || !/^(?:r|w?[dD]?[tT]?)$/.test(format)) return undefined
  // Checked right above.
  return { unix_time: Number(unix), date_time_format: format as Time["date_time_format"] }
}

/** An entity whose end has not been read yet. */
export interface OpenEntity {
  readonly type: FormattedType
  readonly offset: number
  readonly url?: string
  readonly custom_emoji_id?: string
  /** Of a date. */
  readonly time?: Time
  language?: string
}

/** Ends an entity where the text ends now. One without a character is none. */
export function closeEntity(open: OpenEntity, text: string, entities: MessageEntity[]): void {
  const { type, offset, url, custom_emoji_id, language, time } = open
  const length = text.length - offset
  if (length === 0) return
  if (type === "text_link") {
    const address = url === "" || url === undefined ? text.slice(offset) : url
    const mentioned = /^tg:\/\/user\?id=(\d+)$/.exec(address)?.[1]
    if (mentioned !== undefined) {
      // Who it is comes out when the message is sent.
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
