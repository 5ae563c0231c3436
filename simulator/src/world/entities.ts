import type { MessageEntity } from "@grammyjs/types"

type PlainType = "bot_command" | "mention" | "hashtag" | "cashtag" | "url" | "email"

// In the order of precedence: what comes first keeps its place. A text without the character in the
// middle is not searched.
const patterns: readonly (readonly [PlainType, string, RegExp])[] = [
  ["url", ":", /\b(?:https?|ftp|tg|ton):\/\/[^\s<>"]*[^\s<>".,:;!?)\]}'»]/giu],
  ["email", "@", /\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/giu],
  [
    "url",
    ".",
    /(?<![@\w.])(?:[\w-]{1,63}\.){1,127}(?:com|org|net|io|me|dev|app|de|ru|uk|info)\b(?:\/[^\s<>"]*)?/giu,
  ],
  ["bot_command", "/", /(?<![\w/<>.])\/[a-z0-9_]{1,64}(?:@[a-z0-9_]{3,32})?(?![\w/])/giu],
  ["mention", "@", /(?<![\w@])@[a-z][a-z0-9_]{2,31}\b/giu],
  ["hashtag", "#", /(?<![\p{L}\p{N}_#])#[\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*/gu],
  ["cashtag", "$", /(?<![\w$])\$[A-Z]{1,8}\b/gu],
]

/** The entities that Telegram finds in a text by itself. Offsets count UTF-16 code units. */
export function findEntities(text: string): MessageEntity[] {
  const found: MessageEntity[] = []
  for (const [type, character, pattern] of patterns) {
    if (!text.includes(character)) continue
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length }
      if (!found.some((other) => overlaps(other, entity))) found.push(entity)
    }
  }
  return found.length > 1 ? found.toSorted((a, b) => a.offset - b.offset) : found
}

/** Whether two entities share a character. */
export function overlaps(a: Span, b: Span): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length
}

/** A stretch of a text, in UTF-16 code units. */
export interface Span {
  readonly offset: number
  readonly length: number
}
