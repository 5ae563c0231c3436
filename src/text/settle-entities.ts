/**
 * The rules by which Telegram stores entities: code contains nothing, quotes do not contain quotes, links,
 * mentions, custom emoji and dates do not contain each other, and two entities that cross are cut.
 *
 * @module
 */
import type { MessageEntity } from "../telegram/types.js"
import { endOf, isCode, isFound, isQuote, isStyle, styleTypes } from "./entity-kinds.js"

/** The order of entities with the same place: an earlier kind contains a later one. */
const ranks: ReadonlyMap<string, number> = new Map(
  "blockquote expandable_blockquote pre code text_link text_mention date_time custom_emoji"
    .split(" ")
    .concat(styleTypes)
    .map((type, rank) => [type, rank]),
)

/**
 * Returns the entities that Telegram stores for a text with these entities, the outer ones before the inner ones:
 * each lies within an earlier one or after it. Entities that Telegram finds by itself are left out.
 */
export function settleEntities(
  text: string,
  entities: readonly MessageEntity[],
): readonly MessageEntity[] {
  const given = entities.filter((entity) => !isFound(entity) && isWithin(entity, text.length))
  if (given.length === 0) return given
  const ordered = given.toSorted(byPlace)
  const quotes = withoutOverlaps(ordered.filter(isQuote))
  const others = withoutOverlaps(
    ordered.filter((entity) => !isQuote(entity) && !isStyle(entity)),
  ).filter((entity) => overlapping(quotes, entity).every((quote) => contains(quote, entity)))
  const styles = styleTypes.flatMap((type) =>
    joined(ordered.filter((entity) => entity.type === type)),
  )
  const pieces = styles.flatMap((style) => cutAt(style, quotes, others))
  return nested([...quotes, ...others, ...pieces].toSorted(byPlace))
}

/** Compares entities for sorting: by start, the longer one first, then by kind. */
function byPlace(a: MessageEntity, b: MessageEntity): number {
  return a.offset - b.offset || b.length - a.length || rankOf(a) - rankOf(b)
}

function rankOf({ type }: MessageEntity): number {
  return ranks.get(type) ?? 0
}

function isWithin(entity: MessageEntity, textLength: number): boolean {
  return entity.offset >= 0 && entity.length > 0 && endOf(entity) <= textLength
}

function overlap(a: MessageEntity, b: MessageEntity): boolean {
  return a.offset < endOf(b) && b.offset < endOf(a)
}

function contains(outer: MessageEntity, inner: MessageEntity): boolean {
  return outer.offset <= inner.offset && endOf(inner) <= endOf(outer)
}

/** Returns the entities that begin after the end of all earlier ones. */
function withoutOverlaps(ordered: readonly MessageEntity[]): MessageEntity[] {
  let end = 0
  return ordered.filter((entity) => {
    if (entity.offset < end) return false
    end = endOf(entity)
    return true
  })
}

/** Joins entities of one kind that touch or overlap. */
function joined(ordered: readonly MessageEntity[]): MessageEntity[] {
  const all: MessageEntity[] = []
  for (const entity of ordered) {
    const last = all.at(-1)
    if (last && entity.offset <= endOf(last)) {
      const end = Math.max(endOf(last), endOf(entity))
      all[all.length - 1] = { ...last, length: end - last.offset }
    } else all.push(entity)
  }
  return all
}

/** Leaves code out of a style, and cuts the rest at the ends of the entities that it crosses. */
function cutAt(
  style: MessageEntity,
  quotes: readonly MessageEntity[],
  others: readonly MessageEntity[],
): MessageEntity[] {
  return without(style, overlapping(others, style).filter(isCode)).flatMap((piece) =>
    cutWhereCrossed(piece, [...overlapping(quotes, piece), ...overlapping(others, piece)]),
  )
}

/**
 * Returns those entities of an ordered list without overlaps that overlap an entity. A binary search, because a text
 * of a language model can have thousands of entities.
 */
function overlapping(ordered: readonly MessageEntity[], entity: MessageEntity): MessageEntity[] {
  const from = firstIndex(ordered, (other) => endOf(other) > entity.offset)
  const to = firstIndex(ordered, (other) => other.offset >= endOf(entity))
  return ordered.slice(from, to)
}

/** Returns the index of the first entity that meets a condition, which all entities after it meet as well. */
function firstIndex(
  ordered: readonly MessageEntity[],
  meets: (entity: MessageEntity) => boolean,
): number {
  let [low, high] = [0, ordered.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const entity = ordered[middle]
    if (entity && meets(entity)) high = middle
    else low = middle + 1
  }
  return low
}

/** Returns the parts of an entity outside of other ones, which are in order and do not overlap each other. */
function without(entity: MessageEntity, others: readonly MessageEntity[]): MessageEntity[] {
  const starts = [entity.offset, ...others.map(endOf)]
  const ends = [...others.map(({ offset }) => offset), endOf(entity)]
  return starts
    .map((offset, index) => ({ ...entity, offset, length: (ends[index] ?? offset) - offset }))
    .filter(({ length }) => length > 0)
}

function cutWhereCrossed(piece: MessageEntity, near: readonly MessageEntity[]): MessageEntity[] {
  const crossed = near.find(
    (entity) => overlap(piece, entity) && !contains(piece, entity) && !contains(entity, piece),
  )
  if (crossed === undefined) return [piece]
  const at = crossed.offset > piece.offset ? crossed.offset : endOf(crossed)
  const before = { ...piece, length: at - piece.offset }
  const behind = { ...piece, offset: at, length: endOf(piece) - at }
  return [before, behind].flatMap((part) => cutWhereCrossed(part, near))
}

/** Cuts each style that ends after the end of an entity in which it begins. */
function nested(ordered: readonly MessageEntity[]): MessageEntity[] {
  const pending = ordered.toReversed()
  const open: MessageEntity[] = []
  const all: MessageEntity[] = []
  for (let entity = pending.pop(); entity !== undefined; entity = pending.pop()) {
    let outer = open.at(-1)
    while (outer && endOf(outer) <= entity.offset) {
      open.pop()
      outer = open.at(-1)
    }
    if (outer && endOf(outer) < endOf(entity)) {
      const length = endOf(outer) - entity.offset
      const rest = { ...entity, offset: endOf(outer), length: entity.length - length }
      const at = pending.findLastIndex((other) => byPlace(rest, other) < 0)
      pending.splice(at + 1, 0, rest)
      entity = { ...entity, length }
    }
    open.push(entity)
    all.push(entity)
  }
  return all
}
