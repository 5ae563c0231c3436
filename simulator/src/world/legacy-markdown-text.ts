import type { MessageEntity } from "@grammyjs/types"
import { GrowingText } from "./growing-text.js"
import { codeStart } from "./markdown-code.js"
import { byteAt, closeEntity, unparsed, type FormattedText } from "./open-entity.js"

/** Parses `parse_mode: "Markdown"`, the legacy format. Throws 400 with Telegram's text. */
export function legacyMarkdownText(source: string): FormattedText {
  const entities: MessageEntity[] = []
  const text = new GrowingText()
  let at = 0
  while (at < source.length) {
    const character = source.charAt(at)
    const next = source[at + 1] ?? ""
    if (character === "\\" && /[_*`[]/.test(next)) {
      text.add(next)
      at += 2
    } else if (/[_*`[]/.test(character)) {
      const read = readEntity(source, at)
      const offset = text.length
      text.add(read.text)
      closeEntity({ ...read, offset }, text, entities)
      at = read.end
    } else {
      text.add(character)
      at += 1
    }
  }
  return { text: text.toString(), entities }
}

interface Read {
  readonly type: "bold" | "italic" | "code" | "pre" | "text_link"
  readonly text: string
  /** The position behind the entity. */
  readonly end: number
  readonly language?: string | undefined
  readonly url?: string | undefined
}

// One entity from its first to its last character; these entities do not nest.
function readEntity(source: string, at: number): Read {
  if (source[at] === "[") return readLink(source, at)
  if (source.startsWith("```", at)) {
    const { language, at: start } = codeStart(source, at + 3)
    const end = endOf(source, at, start, "```")
    return { type: "pre", language, text: source.slice(start, end), end: end + 3 }
  }
  const marker = source.charAt(at)
  const end = endOf(source, at, at + 1, marker)
  const type = marker === "*" ? "bold" : marker === "_" ? "italic" : "code"
  return { type, text: source.slice(at + 1, end), end: end + 1 }
}

// Without an address, the text of a link is its address.
function readLink(source: string, at: number): Read {
  const textEnd = endOf(source, at, at + 1, "]")
  const text = source.slice(at + 1, textEnd)
  if (source[textEnd + 1] !== "(") return { type: "text_link", text, end: textEnd + 1 }
  const end = endOf(source, at, textEnd + 2, ")")
  return { type: "text_link", text, url: source.slice(textEnd + 2, end), end: end + 1 }
}

function endOf(source: string, at: number, from: number, end: string): number {
  const found = source.indexOf(end, from)
  if (found !== -1) return found
  throw unparsed(`Can't find end of the entity starting at byte offset ${byteAt(source, at)}`)
}
