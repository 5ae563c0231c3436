import type { MessageEntity } from "@grammyjs/types"
import { endOf, withoutOverlaps, type FoundEntity, type Span } from "./found-spans.js"

/** The kinds of formatting that may be nested in each other, from the outside to the inside. */
const styles = ["bold", "italic", "underline", "strikethrough", "spoiler"] as const

type Style = (typeof styles)[number]
type Styled = Span & { readonly type: Style }

// Of two entities with the same span, the earlier kind encloses the other. Kinds of one row are equal.
const order: readonly (readonly string[])[] = [
  ["blockquote", "expandable_blockquote"],
  ["pre"],
  ["code"],
  ["text_link", "text_mention"],
  ["url", "email", "phone_number", "mention", "hashtag", "cashtag", "bot_command"],
  ...styles.map((style) => [style]),
  ["date_time"],
  ["custom_emoji"],
]
const ranks = new Map(order.flatMap((types, rank) => types.map((type) => [type, rank] as const)))

type Any = MessageEntity | FoundEntity

/**
 * Returns the entities as Telegram stores them: sorted, with each of two overlapping ones inside
 * the other.
 *
 * @param given the entities that a bot has set
 * @param found the entities that Telegram has detected, in their order
 */
export function nestedEntities(
  text: string,
  given: readonly MessageEntity[],
  found: readonly FoundEntity[],
): MessageEntity[] {
  // The types do not list all kinds of detected entities.
  if (given.length === 0) return [...found] as MessageEntity[]
  const sorted = inOrder(given)
  const quotes = withoutOverlaps(sorted.filter(isQuote))
  const whole = withoutOverlaps(sorted.filter((entity) => !isQuote(entity) && !isStyled(entity)))
  const kept = whole.filter(isWholeWith(quotes, true))
  const detected = found.filter(isWholeWith(quotes, true)).filter(isWholeWith(kept, false))
  const fixed: Any[] = [...quotes, ...kept, ...detected]
  const styled = splitStyles(text, sorted.filter(isStyled), fixed)
  return inOrder([...fixed, ...styled] as MessageEntity[])
}

function inOrder(entities: readonly MessageEntity[]): MessageEntity[] {
  const rank = ({ type }: MessageEntity) => ranks.get(type) ?? 0
  return entities.toSorted(
    (a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b),
  )
}

function isQuote({ type }: Any): boolean {
  return type === "blockquote" || type === "expandable_blockquote"
}

function isStyled(entity: MessageEntity): entity is MessageEntity & Styled {
  return styles.some((style) => style === entity.type)
}

/**
 * Returns a filter for sorted spans: they have no letter in common with others, or all.
 *
 * @param mayBeInside whether a span may be inside another one
 */
function isWholeWith(others: readonly Span[], mayBeInside: boolean): (span: Span) => boolean {
  let next = 0
  return (span) => {
    for (;;) {
      const other = others[next]
      if (other === undefined || other.offset >= endOf(span)) return true
      if (endOf(other) > span.offset) {
        return mayBeInside && other.offset <= span.offset && endOf(span) <= endOf(other)
      }
      next += 1
    }
  }
}

// Formatting ends and begins again where another entity begins or ends; in code there is none.
function splitStyles(text: string, styled: readonly Styled[], fixed: readonly Any[]): Styled[] {
  const merged = styles.flatMap((style) =>
    mergeStyle(styled.filter(({ type }) => type === style)).flatMap((span) =>
      trimmedStart(text, span),
    ),
  )
  const starts = merged.map(({ offset }) => offset)
  const edges = fixed.flatMap((entity) => [entity.offset, endOf(entity)])
  const cuts = [...new Set([...starts, ...edges])].sort((a, b) => a - b)
  const isCode = new Uint8Array(text.length)
  for (const entity of fixed) {
    if (entity.type === "pre" || entity.type === "code")
      isCode.fill(1, entity.offset, endOf(entity))
  }
  return merged.flatMap((span) => cut(span, cuts)).filter(({ offset }) => isCode[offset] === 0)
}

// Adjacent formatting of one kind is one.
function mergeStyle(sorted: readonly Styled[]): Styled[] {
  const merged: Styled[] = []
  for (const span of sorted) {
    const last = merged.at(-1)
    if (last === undefined || span.offset > endOf(last)) merged.push(span)
    else {
      const end = Math.max(endOf(last), endOf(span))
      merged[merged.length - 1] = { ...last, length: end - last.offset }
    }
  }
  return merged
}

// Telegram's server does not format spaces at the beginning.
function trimmedStart(text: string, { type, offset, length }: Styled): Styled[] {
  const part = text.slice(offset, offset + length)
  const kept = part.trimStart().length
  return kept === 0 ? [] : [{ type, offset: offset + length - kept, length: kept }]
}

function cut({ type, offset, length }: Styled, cuts: readonly number[]): Styled[] {
  const end = offset + length
  const inner = cuts.slice(firstAbove(cuts, offset), firstAbove(cuts, end - 1))
  return [offset, ...inner].map((start, index) => ({
    type,
    offset: start,
    length: (inner[index] ?? end) - start,
  }))
}

// The index of the first number of a sorted list that is above a limit.
function firstAbove(sorted: readonly number[], limit: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) > limit) high = middle
    else low = middle + 1
  }
  return low
}
