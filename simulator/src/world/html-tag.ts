import { ownValue } from "../ground/own-value.js"
import { byteAt, unparsed } from "./open-entity.js"

/** A start tag of a text in HTML. */
export interface StartTag {
  readonly name: string
  /** The values of the attributes, by their names; those without a value are empty. */
  readonly attributes: ReadonlyMap<string, string>
  /** The position behind the tag. */
  readonly end: number
  /** Whether the tag ends the element, too, as `<hr/>` does. */
  readonly isClosed: boolean
}

/** The differences of a text whose tags are those of rich messages. */
interface TagRules {
  /** Whether a tag can end its element. Default: false. */
  readonly canClose?: boolean
  /** The named characters. Default: those of a text with `parse_mode: "HTML"`. */
  readonly characters?: Readonly<Record<string, string>>
}

const attributeName = /[^\s=>/"']+/y
const nameToken = /[\w.-]*/y
const spaces = /\s*/y

/**
 * Parses the attributes of a start tag. Throws 400 with Telegram's text.
 *
 * @param at the position of the tag
 * @param nameEnd the position behind its name
 */
export function startTag(
  html: string,
  at: number,
  nameEnd: number,
  { canClose = false, characters = named }: TagRules = {},
): StartTag {
  const name = html.slice(at + 1, nameEnd).toLowerCase()
  const place = () => `at byte offset ${byteAt(html, at)}`
  const attributes = new Map<string, string>()
  let end = skip(html, nameEnd, spaces)
  const closes = () => canClose && html.startsWith("/>", end)
  while (html[end] !== ">" && !closes()) {
    if (end >= html.length) throw unparsed(`Unclosed start tag ${place()}`)
    const keyEnd = skip(html, end, attributeName)
    if (keyEnd === end) throw unparsed(`Empty attribute name in the tag "${name}" ${place()}`)
    const key = html.slice(end, keyEnd).toLowerCase()
    end = skip(html, keyEnd, spaces)
    const hasValue = html[end] === "="
    if (hasValue) end = skip(html, end + 1, spaces)
    if (end >= html.length) throw unparsed(`Unclosed start tag "${name}" ${place()}`)
    const read = hasValue ? valueAt(html, end, characters) : { value: "", end }
    attributes.set(key, read.value)
    end = skip(html, read.end, spaces)
  }
  const isClosed = closes()
  return { name, attributes, end: end + (isClosed ? 2 : 1), isClosed }
}

function valueAt(
  html: string,
  at: number,
  characters: Readonly<Record<string, string>>,
): { value: string; end: number } {
  const quote = html[at]
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, at + 1)
    const last = close === -1 ? html.length : close
    return { value: withCharacters(html.slice(at + 1, last), characters), end: last + 1 }
  }
  const end = skip(html, at, nameToken)
  if (!/[\s>]/.test(html[end] ?? "")) {
    throw unparsed(`Unexpected end of name token at byte offset ${byteAt(html, at)}`)
  }
  return { value: html.slice(at, end).toLowerCase(), end }
}

function skip(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}

const reference = /&(?:#(?:x([\da-f]{1,6})(?![\da-f])|(\d{1,7})(?!\d))|([a-z]+));?/gi
const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' }

/**
 * Replaces the character references of a text.
 *
 * @param characters the characters that have names
 */
export function withCharacters(
  text: string,
  characters: Readonly<Record<string, string>> = named,
): string {
  if (!text.includes("&")) return text
  return text.replaceAll(reference, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ownValue(characters, name) ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
  })
}
