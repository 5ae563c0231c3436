import type { MessageEntity } from "../telegram/types.js"
import { endOf, isCode, isQuote } from "./entity-kinds.js"

/**
 * Returns the entities of a text that MarkdownV2 can express. Its quotations consist of whole lines, whose first
 * character is the quotation's own: no other entity begins or ends there, and none contains a quotation.
 *
 * @param entities the entities, nested in one another or one after the other
 */
export function markdownEntities(
  text: string,
  entities: readonly MessageEntity[],
): readonly MessageEntity[] {
  const codes = entities.filter(isCode)
  const quotes = entities
    .filter(isQuote)
    .map((quote) => withoutLastBreaks(text, quote, codes))
    .filter((quote) => isOfWholeLines(text, quote, codes))
  const others = entities
    .filter((entity) => !isQuote(entity))
    .flatMap((entity) => (isCode(entity) ? [entity] : pieces(entity, quotes)))
    .flatMap((entity) => (isCode(entity) ? [entity] : withoutSpace(text, entity)))
  // A stable sort: of two entities with the same place, the quotation stays the outer one.
  return [...quotes, ...others].toSorted((a, b) => a.offset - b.offset || b.length - a.length)
}

/** Shortens a quotation by the line breaks at its end, which MarkdownV2 does not count to it. */
function withoutLastBreaks(
  text: string,
  quote: MessageEntity,
  codes: readonly MessageEntity[],
): MessageEntity {
  let end = endOf(quote)
  while (end > quote.offset && text[end - 1] === "\n" && !codes.some((c) => isIn(c, end - 1))) {
    end -= 1
  }
  return { ...quote, length: end - quote.offset }
}

function isOfWholeLines(
  text: string,
  quote: MessageEntity,
  codes: readonly MessageEntity[],
): boolean {
  const { offset } = quote
  const end = endOf(quote)
  const breaks = (at: number) => text[at] === "\n" && !codes.some((code) => isIn(code, at))
  return (
    quote.length > 0 && (offset === 0 || breaks(offset - 1)) && (end === text.length || breaks(end))
  )
}

function isIn(entity: MessageEntity, position: number): boolean {
  return entity.offset <= position && position < endOf(entity)
}

/** Cuts an entity at the ends of all quotations. */
function pieces(entity: MessageEntity, quotes: readonly MessageEntity[]): MessageEntity[] {
  const ends = quotes.flatMap((quote) => [quote.offset, endOf(quote)])
  const cuts = ends.filter((at) => at > entity.offset && at < endOf(entity))
  const places = [entity.offset, ...cuts, endOf(entity)]
  return places.slice(1).map((end, index) => {
    const offset = places[index] ?? 0
    return { ...entity, offset, length: end - offset }
  })
}

/** Returns an entity without the white space at its ends; no entity if it has only white space. */
function withoutSpace(text: string, entity: MessageEntity): MessageEntity[] {
  const piece = text.slice(entity.offset, endOf(entity))
  const start = piece.length - piece.trimStart().length
  const length = piece.trim().length
  return length === 0 ? [] : [{ ...entity, offset: entity.offset + start, length }]
}
