import type { MessageEntity } from "@grammyjs/types"
import { ownValue } from "../ground/own-value.js"
import { GrowingText } from "./growing-text.js"
import { codeStart } from "./markdown-code.js"
import { insertion, linkEnd } from "./markdown-link.js"
import {
  byteAt,
  closeEntity,
  unparsed,
  type FormattedText,
  type FormattedType,
  type OpenEntity,
} from "./open-entity.js"

const names: Readonly<Record<string, readonly [FormattedType, string]>> = {
  "*": ["bold", "Bold"],
  _: ["italic", "Italic"],
  __: ["underline", "Underline"],
  "~": ["strikethrough", "Strikethrough"],
  "||": ["spoiler", "Spoiler"],
  "[": ["text_link", "TextUrl"],
  "![": ["custom_emoji", "CustomEmoji"],
  "`": ["code", "Code"],
  "```": ["pre", "Pre"],
  ">": ["blockquote", "BlockQuote"],
}

const reserved = /[_*[\]()~`>#+\-=|{}.!]/

interface Open extends OpenEntity {
  readonly marker: string
  readonly at: number
}

/** Parses `parse_mode: "MarkdownV2"`. Throws 400 with Telegram's text. */
export function markdownText(markdown: string): FormattedText {
  return new MarkdownReader(markdown).read()
}

class MarkdownReader {
  readonly #source: string
  readonly #entities: MessageEntity[] = []
  readonly #open: Open[] = []
  #isQuoted = false
  /** The last character of the text. */
  #last = "\n"
  readonly #text = new GrowingText()
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  read(): FormattedText {
    while (this.#at < this.#source.length) this.#step()
    if (this.#open.at(-1)?.marker === ">") this.#closeQuote("blockquote")
    const last = this.#open.pop()
    if (last !== undefined) throw this.#unended(last)
    return { text: this.#text.toString(), entities: this.#entities }
  }

  #step(): void {
    const character = this.#source.charAt(this.#at)
    const next = this.#source[this.#at + 1]
    if (character === "\\" && next !== undefined && next > "\0" && next <= "~") {
      this.#take(next, 2)
    } else if (this.#isInCode()) this.#stepInCode(character)
    else if (character === "\n" && this.#isQuoted) this.#endLine(next)
    else if (!reserved.test(character)) this.#take(character, 1)
    else this.#readMarker(this.#markerAt(character, next))
  }

  #take(text: string, length: number): void {
    this.#text.add(text)
    this.#last = text.at(-1) ?? this.#last
    this.#at += length
  }

  #isInCode(): boolean {
    const marker = this.#open.at(-1)?.marker
    return marker === "`" || marker === "```"
  }

  #stepInCode(character: string): void {
    if (character !== "`") this.#take(character, 1)
    else if (this.#open.at(-1)?.marker === "`") this.#close(1)
    else if (this.#source.startsWith("```", this.#at)) this.#close(3)
    else this.#begin("`")
  }

  // A quote ends with the line break before a line without ">".
  #endLine(next: string | undefined): void {
    this.#take("\n", next === ">" ? 2 : 1)
    if (next !== ">") this.#closeQuote("blockquote")
  }

  #closeQuote(type: "blockquote" | "expandable_blockquote"): void {
    const quote = this.#open.pop()
    if (quote === undefined || quote.marker !== ">") throw this.#unended(quote)
    this.#isQuoted = false
    closeEntity({ ...quote, type }, this.#text, this.#entities)
  }

  #markerAt(character: string, next: string | undefined): string {
    if (character === "`") return this.#source.startsWith("```", this.#at) ? "```" : "`"
    if (character === "_" && next === "_") return "__"
    if (character === "!" && next === "[") return "!["
    return character === "|" && next === "|" ? "||" : character
  }

  #readMarker(marker: string): void {
    const top = this.#open.at(-1)?.marker
    if (marker === "]" && (top === "[" || top === "![")) this.#closeLink()
    else if (marker === ">" && !this.#isQuoted && /[\n\r]/.test(this.#last)) {
      this.#isQuoted = true
      this.#begin(">")
    } else if (marker === "||" && top === ">" && this.#isLineEnd(this.#at + 2)) {
      this.#closeExpandable()
    } else if (ownValue(names, marker) === undefined || marker === ">") {
      const character = marker.charAt(0)
      throw unparsed(
        `Character '${character}' is reserved and must be escaped with the preceding '\\'`,
      )
    } else if (top === marker && !marker.endsWith("[")) this.#close(marker.length)
    else this.#begin(marker)
  }

  #isLineEnd(at: number): boolean {
    return /^(?:\r?\n|\r?$)/.test(this.#source.slice(at, at + 2))
  }

  // The line break behind "||" belongs to the quote.
  #closeExpandable(): void {
    this.#at += 2
    const lineBreak = /^\r?\n/.exec(this.#source.slice(this.#at, this.#at + 2))?.[0] ?? ""
    this.#take(lineBreak, lineBreak.length)
    this.#closeQuote("expandable_blockquote")
  }

  #begin(marker: string): void {
    const [type] = ownValue(names, marker) ?? (["bold"] as const)
    const at = this.#at
    const start = marker === "```" ? codeStart(this.#source, at + 3) : undefined
    const { language } = start ?? {}
    this.#open.push({ marker, type, offset: this.#text.length, at, language })
    this.#at = start?.at ?? at + marker.length
  }

  #close(length: number): void {
    const open = this.#open.pop()
    if (open !== undefined) closeEntity(open, this.#text, this.#entities)
    this.#at += length
  }

  #closeLink(): void {
    const open = this.#open.pop()
    if (open === undefined) return
    const { url, end } = linkEnd(this.#source, this.#at + 1)
    const more = open.marker === "![" ? insertion(url) : { url }
    closeEntity({ ...open, ...more }, this.#text, this.#entities)
    this.#at = end
  }

  #unended(open: Open | undefined): Error {
    const { marker = "", at = 0, language } = open ?? {}
    const name = language === undefined ? ownValue(names, marker)?.[1] : "PreCode"
    return unparsed(`Can't find end of ${name} entity at byte offset ${byteAt(this.#source, at)}`)
  }
}
