import type { MessageEntity } from "@grammyjs/types"

/** A text with its entities. */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

/** The kinds of entity that formatting can make. */
export type FormattedType = Exclude<MessageEntity["type"], "text_mention" | "date_time">

/** An entity whose end has not been read yet. */
export interface OpenEntity {
  readonly type: FormattedType
  readonly offset: number
  readonly url?: string
  readonly custom_emoji_id?: string
  language?: string
}

/** Ends an entity where the text ends now. One without a character is none. */
export function closeEntity(open: OpenEntity, text: string, entities: MessageEntity[]): void {
  const { type, offset, url, custom_emoji_id, language } = open
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
