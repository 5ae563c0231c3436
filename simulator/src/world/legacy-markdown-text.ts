import type { MessageEntity } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import { closeEntity, type FormattedText } from "./open-entity.js"

// One entity from its first to its last character; these entities do not nest.
const entity =
  /```(?:([^\s`]*)\n)?([^]*?)```|`([^`]*)`|\*([^*]*)\*|_([^_]*)_|\[([^\]]*)\](?:\(([^)]*)\))?/y

/** Parses `parse_mode: "Markdown"`, the legacy format. Throws 400 with Telegram's text. */
export function legacyMarkdownText(source: string): FormattedText {
  const entities: MessageEntity[] = []
  let text = ""
  let at = 0
  while (at < source.length) {
    const character = source[at] ?? ""
    const next = source[at + 1] ?? ""
    if (character === "\\" && /[_*`[]/.test(next)) {
      text += next
      at += 2
    } else if (/[_*`[]/.test(character)) {
      entity.lastIndex = at
      const read = entity.exec(source)
      if (read === null) throw unended(source, at)
      text = close(read, text, entities)
      at += read[0].length
    } else {
      text += character
      at += 1
    }
  }
  return { text, entities }
}

function close(read: RegExpExecArray, before: string, entities: MessageEntity[]): string {
  const [, language, block, code, bold, italic, linked, url] = read
  const offset = before.length
  const text = before + (block ?? code ?? bold ?? italic ?? linked ?? "")
  if (linked !== undefined) {
    // Brackets without an address are removed, and make no link.
    if (url !== undefined) closeEntity({ type: "text_link", offset, url }, text, entities)
    return text
  }
  const type = typeOf({ block, code, bold })
  closeEntity({ type, offset, ...(language !== undefined && { language }) }, text, entities)
  return text
}

function typeOf(read: Partial<Record<"block" | "code" | "bold", string | undefined>>) {
  if (read.block !== undefined) return "pre"
  if (read.code !== undefined) return "code"
  return read.bold === undefined ? "italic" : "bold"
}

function unended(source: string, at: number): CallError {
  const byte = Buffer.byteLength(source.slice(0, at))
  return CallError.badRequest(
    `can't parse entities: Can't find end of the entity starting at byte offset ${byte}`,
  )
}
