import type { MarkedToken, Token } from "marked"
import {
  bold,
  code,
  fmt,
  type FormattedText,
  italic,
  join,
  link,
  strikethrough,
} from "../text/index.js"

/** Returns the text of the tokens of a paragraph. */
export function inlineOf(tokens: readonly Token[]): FormattedText {
  return join(tokens.map((token) => spanOf(token)))
}

function spanOf(token: Token): FormattedText {
  // Without extensions, the lexer makes only the tokens of `MarkedToken`.
  const known = token as MarkedToken
  switch (known.type) {
    case "strong":
      return bold(inlineOf(known.tokens))
    case "em":
      return italic(inlineOf(known.tokens))
    case "del":
      return strikethrough(inlineOf(known.tokens))
    case "codespan":
      return code(known.text)
    case "br":
      return fmt`\n`
    case "escape":
      return fmt`${known.text}`
    case "link":
      return link(inlineOf(known.tokens), known.href)
    case "image":
      return link(known.text === "" ? known.href : decoded(known.text), known.href)
    case "html":
      return /^<br\s*\/?>$/i.test(known.raw) ? fmt`\n` : fmt`${known.raw}`
    case "text":
      return known.tokens ? inlineOf(known.tokens) : fmt`${decoded(known.text)}`
    case "checkbox":
      return fmt``
    default:
      return fmt`${decoded(known.raw)}`
  }
}

const characters: ReadonlyMap<string, string> = new Map([
  ["&amp;", "&"],
  ["&apos;", "'"],
  ["&gt;", ">"],
  ["&lt;", "<"],
  ["&nbsp;", "\u00a0"],
  ["&quot;", '"'],
])

/** Replaces the character references that language models write. */
function decoded(text: string): string {
  return text.replaceAll(
    /&(?:amp|apos|gt|lt|nbsp|quot|#\d{1,7}|#x[\da-f]{1,6});/gi,
    (reference) => {
      const named = characters.get(reference.toLowerCase())
      if (named !== undefined) return named
      const digits = reference.slice(2, -1)
      const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number(digits)
      const isCharacter = code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff)
      return isCharacter ? String.fromCodePoint(code) : reference
    },
  )
}
