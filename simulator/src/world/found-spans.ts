import type { MessageEntity } from "@grammyjs/types"

/** A kind of entity that Telegram detects in a text. */
export type FoundType =
  | "bot_command"
  | "mention"
  | "hashtag"
  | "cashtag"
  | "url"
  | "email"
  | "phone_number"

/** A span of a text, in UTF-16 code units. */
export interface Span {
  readonly offset: number
  readonly length: number
}

/** An entity that Telegram has detected in a text. */
export type FoundEntity = Span & { readonly type: FoundType }

/** The letters of a text that belong to an entity already. */
export class TakenLetters {
  readonly #taken: Uint8Array

  constructor(text: string, spans: readonly Span[] = []) {
    this.#taken = new Uint8Array(text.length)
    for (const span of spans) this.take(span)
  }

  /** Claims the letters of an entity; returns false if another entity has one of them. */
  take({ offset, length }: Span): boolean {
    const letters = this.#taken.subarray(offset, offset + length)
    if (letters.includes(1)) return false
    letters.fill(1)
    return true
  }
}

// Of two entities with the same span, the earlier kind encloses the other.
const order: readonly MessageEntity["type"][] = [
  "blockquote",
  "expandable_blockquote",
  "pre",
  "code",
  "text_link",
  "text_mention",
  "date_time",
  "url",
  "email",
  "phone_number",
  "mention",
  "hashtag",
  "cashtag",
  "bot_command",
  "bold",
  "italic",
  "underline",
  "strikethrough",
  "spoiler",
  "custom_emoji",
]

/** Returns entities in Telegram's order: by position, the longer one first, then by kind. */
export function inOrder(entities: readonly MessageEntity[]): MessageEntity[] {
  if (entities.length < 2) return [...entities]
  const rank = ({ type }: MessageEntity) => order.indexOf(type)
  return entities.toSorted(
    (a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b),
  )
}
