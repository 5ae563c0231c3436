/**
 * A kind of entity that Telegram detects in a text. The types of the Bot API do not list numbers of
 * bank cards, although Telegram's server sends them.
 */
export type FoundType =
  | "bot_command"
  | "mention"
  | "hashtag"
  | "cashtag"
  | "url"
  | "email"
  | "phone_number"
  | "bank_card_number"

/** A span of a text, in UTF-16 code units. */
export interface Span {
  readonly offset: number
  readonly length: number
}

/** An entity that Telegram has detected in a text. */
export type FoundEntity = Span & { readonly type: FoundType }

/** Returns where a span ends. */
export function endOf({ offset, length }: Span): number {
  return offset + length
}

/** Returns the spans that do not overlap an earlier one of a sorted list. */
export function withoutOverlaps<S extends Span>(sorted: readonly S[]): S[] {
  let end = 0
  return sorted.filter((span) => {
    const isFree = span.offset >= end
    if (isFree) end = endOf(span)
    return isFree
  })
}
