import type { MessageEntity } from "../telegram/types.js"

/** An entity without its place in a text. */
export type Format = MessageEntity extends infer E
  ? E extends MessageEntity
    ? Omit<E, "offset" | "length">
    : never
  : never

/** The entities that may contain and cross all others except code. Telegram cuts them where they cross. */
export const styleTypes = ["bold", "italic", "underline", "strikethrough", "spoiler"] as const

const styles: ReadonlySet<string> = new Set(styleTypes)
const quotes: ReadonlySet<string> = new Set(["blockquote", "expandable_blockquote"])
const codes: ReadonlySet<string> = new Set(["code", "pre"])

/** The entities that Telegram finds in a text by itself, and ignores in parameters. */
const found: ReadonlySet<string> = new Set(
  "mention hashtag cashtag bot_command url email phone_number bank_card_number".split(" "),
)

/** Returns whether an entity is bold, italic, underlined, struck through or a spoiler. */
export function isStyle({ type }: MessageEntity): boolean {
  return styles.has(type)
}

/** Returns whether an entity is a block quotation. */
export function isQuote({ type }: MessageEntity): boolean {
  return quotes.has(type)
}

/** Returns whether an entity is code, which contains no other entity. */
export function isCode({ type }: MessageEntity): boolean {
  return codes.has(type)
}

/** Returns whether Telegram finds an entity by itself. */
export function isFound({ type }: MessageEntity): boolean {
  return found.has(type)
}

/** Returns the end of an entity in its text. */
export function endOf({ offset, length }: MessageEntity): number {
  return offset + length
}
