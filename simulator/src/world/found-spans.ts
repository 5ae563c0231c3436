import type { MessageEntity } from "@grammyjs/types"

/** A kind of entity that Telegram finds in a text by itself. */
export type FoundType =
  | "bot_command"
  | "mention"
  | "hashtag"
  | "cashtag"
  | "url"
  | "email"
  | "phone_number"

/** A stretch of a text, in UTF-16 code units. */
export interface Span {
  readonly offset: number
  readonly length: number
}

/** Something that Telegram has found in a text. */
export type FoundEntity = Span & { readonly type: FoundType }

/** Which letters of a text belong to an entity. */
export class TakenLetters {
  readonly #taken: Uint8Array

  constructor(text: string, spans: readonly Span[] = []) {
    this.#taken = new Uint8Array(text.length)
    for (const span of spans) this.take(span)
  }

  /** Takes the letters of an entity; false where another has one of them. */
  take({ offset, length }: Span): boolean {
    const letters = this.#taken.subarray(offset, offset + length)
    if (letters.includes(1)) return false
    letters.fill(1)
    return true
  }
}

// Of those over one stretch the one in front is around the others.
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

/** Entities in Telegram's order: by their beginning, the longer one first, then by kind. */
export function inOrder(entities: readonly MessageEntity[]): MessageEntity[] {
  if (entities.length < 2) return [...entities]
  const rank = ({ type }: MessageEntity) => order.indexOf(type)
  return entities.toSorted(
    (a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b),
  )
}
