import type { MessageEntity } from "@grammyjs/types"
import { ownValue } from "../ground/own-value.js"
import { GrowingText } from "./growing-text.js"
import { startTag, withCharacters, type StartTag } from "./html-tag.js"
import {
  byteAt,
  closeEntity,
  isTimeFormat,
  timeOf,
  unparsed,
  type FormattedText,
  type FormattedType,
  type OpenEntity,
} from "./open-entity.js"

interface Tag extends OpenEntity {
  readonly tag: string
}

const types: Readonly<Record<string, FormattedType>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  code: "code",
  pre: "pre",
  a: "text_link",
  blockquote: "blockquote",
  "tg-emoji": "custom_emoji",
  "tg-time": "date_time",
}

const tagName = /[^\s>]*/y
const spaces = /\s*/y

/** Parses `parse_mode: "HTML"`. Throws 400 with Telegram's text. */
export function htmlText(html: string): FormattedText {
  return new HtmlReader(html).read()
}

class HtmlReader {
  readonly #html: string
  readonly #entities: MessageEntity[] = []
  readonly #open: Tag[] = []
  readonly #text = new GrowingText()
  #at = 0

  constructor(html: string) {
    this.#html = html
  }

  read(): FormattedText {
    const html = this.#html
    for (;;) {
      const next = html.indexOf("<", this.#at)
      this.#text.add(withCharacters(html.slice(this.#at, next === -1 ? undefined : next)))
      if (next === -1) break
      this.#at = next
      if (html[next + 1] === "/") this.#endTag()
      else this.#startTag()
    }
    const unclosed = this.#open.pop()
    if (unclosed) throw unparsed(`Can't find end tag corresponding to start tag "${unclosed.tag}"`)
    const text = this.#text.toString()
    if (!text.isWellFormed()) {
      throw unparsed(
        "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
      )
    }
    return { text, entities: this.#entities }
  }

  #startTag(): void {
    const html = this.#html
    const at = this.#at
    const place = () => `at byte offset ${byteAt(html, at)}`
    const nameEnd = runOf(tagName, html, at + 1)
    if (nameEnd >= html.length) throw unparsed(`Unclosed start tag ${place()}`)
    const name = html.slice(at + 1, nameEnd).toLowerCase()
    const type = ownValue(types, name)
    if (type === undefined) throw unparsed(`Unsupported start tag "${name}" ${place()}`)
    const tag = startTag(html, at, nameEnd)
    this.#at = tag.end
    this.#open.push({ tag: name, type, offset: this.#text.length, ...details(tag, place) })
  }

  #endTag(): void {
    const nameStart = this.#at + 2
    const nameEnd = runOf(tagName, this.#html, nameStart)
    const name = this.#html.slice(nameStart, nameEnd).toLowerCase()
    const end = runOf(spaces, this.#html, nameEnd)
    const tag = this.#open.pop()
    const place = () => `at byte offset ${byteAt(this.#html, this.#at)}`
    if (tag === undefined) throw unparsed(`Unexpected end tag ${place()}`)
    if (this.#html[end] !== ">") throw unparsed(`Unclosed end tag ${place()}`)
    if (name !== "" && name !== tag.tag) {
      throw unparsed(`Unmatched end tag ${place()}, expected "</${tag.tag}>", found "</${name}>"`)
    }
    this.#at = end + 1
    this.#close(tag)
  }

  // Code with a language, and a block of the same text, are one entity.
  #close(tag: Tag): void {
    const { type, offset, language } = tag
    const last = this.#entities.at(-1)
    const isPair =
      (type === "pre" && last?.type === "code") || (type === "code" && last?.type === "pre")
    const length = this.#text.length - offset
    if (isPair && last.offset === offset && last.length === length) {
      const known = language ?? this.#languages.get(last)
      if (known !== undefined && known !== "") {
        this.#entities.pop()
        closeEntity({ type: "pre", offset, language: known }, this.#text, this.#entities)
        return
      }
    }
    closeEntity({ ...tag, language: undefined }, this.#text, this.#entities)
    const closed = this.#entities.at(-1)
    if (length > 0 && closed !== undefined && language !== undefined)
      this.#languages.set(closed, language)
  }

  /** The languages of entities that have no field for them. */
  readonly #languages = new WeakMap<MessageEntity, string>()
}

// The fields of an entity that the attributes of its tag contain.
function details({ name, attributes }: StartTag, place: () => string): Partial<OpenEntity> {
  const value = (attribute: string) => attributes.get(attribute) ?? ""
  switch (name) {
    case "a":
      return { url: value("href") === "" ? undefined : value("href") }
    case "code":
      return { language: /^language-([^]*)$/.exec(value("class"))?.[1] }
    case "blockquote":
      return attributes.has("expandable") ? { type: "expandable_blockquote" } : {}
    case "span":
      if (value("class") === "tg-spoiler") return {}
      throw unparsed(`Tag "span" must have class "tg-spoiler" ${place()}`)
    case "tg-emoji":
      if (/^[1-9]\d{0,18}$/.test(value("emoji-id"))) return { custom_emoji_id: value("emoji-id") }
      throw unparsed("Invalid custom emoji identifier specified")
    case "tg-time":
      return { time: timeIn(value("unix"), value("format")) }
    default:
      return {}
  }
}

function timeIn(unix: string, format: string) {
  if (!isTimeFormat(format)) throw unparsed("Invalid date format used")
  const time = timeOf(unix, format)
  if (time === undefined) throw unparsed("Invalid date specified")
  return time
}

function runOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}
