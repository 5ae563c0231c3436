import { appAddress } from "./link-address.js"
import { byteAt, timeOf, unparsed, type OpenEntity } from "./open-entity.js"

const address = /\(((?:\\[^]|[^)\\])*)/y

/**
 * Parses the address behind the text of a link. Throws 400 with Telegram's text.
 *
 * @param at the position behind the closing bracket
 * @returns the address, if there is one, and the position behind it
 */
export function linkEnd(source: string, at: number): { url: string | undefined; end: number } {
  address.lastIndex = at
  const match = address.exec(source)
  if (match === null) return { url: undefined, end: at }
  const end = at + match[0].length
  if (source[end] !== ")") {
    throw unparsed(`Can't find end of a URL at byte offset ${byteAt(source, at + 1)}`)
  }
  return { url: unescaped(match[1] ?? ""), end: end + 1 }
}

/** Returns the custom emoji or the date that an address names. Throws 400 with Telegram's text. */
export function insertion(url: string | undefined): Partial<OpenEntity> {
  if (url === undefined) throw unparsed("The entity must contain a tg://emoji or tg://time URL")
  const { scheme, host, query } = appAddress(url) ?? {}
  const id = query?.get("id") ?? ""
  if (scheme === "tg" && host === "emoji" && /^[1-9]\d{0,18}$/.test(id)) {
    return { custom_emoji_id: id }
  }
  const time = timeOf(query?.get("unix") ?? "", query?.get("format") ?? "")
  if (scheme === "tg" && host === "time" && time !== undefined) return { type: "date_time", time }
  throw unparsed("Invalid tg://emoji or tg://time URL specified")
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\u0001-~])/g, "$1")
}
