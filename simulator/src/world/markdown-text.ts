import type { MessageEntity } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import {
  closeEntity,
  timeOf,
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
  ">": ["blockquote", "BlockQuote"],
}

const reserved = /[_*[\]()~`>#+\-=|{}.!]/
const code = /```(?:([^\s`]*)\n)?((?:\\[^]|[^`\\])*)```|`((?:\\[^]|[^`\\])*)`/y
const linkEnd = /\]\(((?:\\[^]|[^)\\])*)\)/y

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
  #text = ""
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  read(): FormattedText {
    while (this.#at < this.#source.length) this.#step()
    if (this.#open.at(-1)?.marker === ">") this.#closeQuote("blockquote")
    const last = this.#open.pop()
    if (last !== undefined) {
      const name = names[last.marker]?.[1] ?? ""
      throw broken(`Can't find end of ${name} entity at byte offset ${this.#byte(last.at)}`)
    }
    return { text: this.#text, entities: this.#entities }
  }

  #step(): void {
    const character = this.#source[this.#at] ?? ""
    const next = this.#source[this.#at + 1]
    if (this.#stepInQuote()) return
    if (character === "\\" && next !== undefined && next.charCodeAt(0) <= 126) {
      this.#text += next
      this.#at += 2
    } else if (!reserved.test(character)) {
      this.#text += character
      this.#at += 1
    } else if (character === "`") this.#readCode()
    else if (character === "]") this.#closeLink()
    else this.#readMarker(this.#markerAt(character, next))
  }

  // A quote consists of lines that begin with ">"; "**" separates two quotes, "||" makes one
  // expandable.
  #stepInQuote(): boolean {
    const isQuoted = this.#open.some(({ marker }) => marker === ">")
    const isStart = this.#at === 0 || this.#source[this.#at - 1] === "\n"
    if (isQuoted && /^\|\|(?:\n|$)/.test(this.#source.slice(this.#at, this.#at + 3))) {
      if (this.#open.at(-1)?.marker !== ">") return false
      this.#closeQuote("expandable_blockquote")
      this.#at += 2
      return true
    }
    if (!isStart) return false
    const opens = /^(?:\*\*)?>/.exec(this.#source.slice(this.#at, this.#at + 3))?.[0]
    if (isQuoted && opens !== ">") this.#closeQuote("blockquote")
    if (opens === undefined) return false
    this.#at += opens.length
    if (!isQuoted || opens !== ">") {
      const offset = this.#text.length
      this.#open.push({ marker: ">", type: "blockquote", offset, at: this.#at - 1 })
    }
    return true
  }

  #closeQuote(type: "blockquote" | "expandable_blockquote"): void {
    const quote = this.#open.pop()
    if (quote?.marker !== ">") {
      const name = names[quote?.marker ?? ""]?.[1] ?? ""
      throw broken(`Can't find end of ${name} entity at byte offset ${this.#byte(quote?.at ?? 0)}`)
    }
    // The line break behind a quote does not belong to it.
    const isBroken = this.#text.endsWith("\n")
    const text = isBroken ? this.#text.slice(0, -1) : this.#text
    closeEntity({ ...quote, type }, text, this.#entities)
  }

  #markerAt(character: string, next: string | undefined): string {
    if (character === "_" && next === "_") return "__"
    if (character === "!" && next === "[") return "!["
    return character === "|" && next === "|" ? "||" : character
  }

  #readMarker(marker: string): void {
    const type = names[marker]?.[0]
    if (type === undefined || marker === ">") {
      throw broken(
        `Character '${marker[0]}' is reserved and must be escaped with the preceding '\\'`,
      )
    }
    const top = this.#open.at(-1)
    if (!marker.endsWith("[") && top?.marker === marker) {
      this.#open.pop()
      closeEntity(top, this.#text, this.#entities)
    } else {
      this.#open.push({ marker, type, offset: this.#text.length, at: this.#at })
    }
    this.#at += marker.length
  }

  #readCode(): void {
    code.lastIndex = this.#at
    const match = code.exec(this.#source)
    if (match === null) {
      const name = this.#source.startsWith("```", this.#at) ? "Pre" : "Code"
      throw broken(`Can't find end of ${name} entity at byte offset ${this.#byte(this.#at)}`)
    }
    const [whole, language, block, inline] = match
    const offset = this.#text.length
    this.#text += unescaped(block ?? inline ?? "")
    const type = block === undefined ? "code" : "pre"
    closeEntity({ type, offset, ...(language && { language }) }, this.#text, this.#entities)
    this.#at += whole.length
  }

  #closeLink(): void {
    const open = this.#open.at(-1)
    if (open?.marker !== "[" && open?.marker !== "![") {
      throw broken("Character ']' is reserved and must be escaped with the preceding '\\'")
    }
    this.#open.pop()
    linkEnd.lastIndex = this.#at
    const match = linkEnd.exec(this.#source)
    const url = unescaped(match?.[1] ?? "")
    const more = open.marker === "![" ? insertion(url) : { url }
    closeEntity({ ...open, ...more }, this.#text, this.#entities)
    this.#at += match?.[0].length ?? 1
  }

  #byte(index: number): number {
    return Buffer.byteLength(this.#source.slice(0, index))
  }
}

// Custom emoji and dates, which have the syntax of an image.
function insertion(url: string): Partial<OpenEntity> {
  const emoji = /^tg:\/\/emoji\?id=(\d+)$/.exec(url)?.[1]
  if (emoji !== undefined) return { custom_emoji_id: emoji }
  const query = /^tg:\/\/time\?(.*)$/.exec(url)?.[1]
  if (query === undefined) {
    throw broken("Custom emoji entity must contain a tg://emoji URL")
  }
  const parameters = new URLSearchParams(query)
  const time = timeOf(parameters.get("unix") ?? "", parameters.get("format") ?? "")
  if (time === undefined) throw broken("Invalid date-time entity specified")
  return { type: "date_time", time }
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([^])/g, "$1")
}

function broken(reason: string): CallError {
  return CallError.badRequest(`can't parse entities: ${reason}`)
}
