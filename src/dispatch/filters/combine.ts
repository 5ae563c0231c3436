import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import {
  type Filter,
  type NarrowedBy,
  type Patterned,
  patternOf,
  typesOf,
  withPattern,
  withTypes,
} from "./filter.js"

type NarrowedByAll<F extends readonly Filter[]> = F extends readonly [
  infer Head,
  ...infer Tail extends readonly Filter[],
]
  ? NarrowedBy<Head> & NarrowedByAll<Tail>
  : Update

type PatternOfAny<F> = [Extract<F, Patterned>] extends [never] ? unknown : Patterned

/**
 * Returns a filter that accepts an update if all filters accept it. The filters are called in their order, up
 * to the first that rejects. If one of them is `regex`, handlers have `ctx.match`, the match of its pattern;
 * with several, the match of the first.
 */
export function and<F extends readonly Filter[]>(
  ...filters: F
): ((update: Update) => update is Update & NarrowedByAll<F>) & PatternOfAny<F[number]> {
  const acceptsAll = (update: Update) => filters.every((filter) => filter(update))
  const pattern = filters.map(patternOf).find((candidate) => candidate !== undefined)
  if (pattern) withPattern(pattern, acceptsAll)
  // The intersection of the narrowings holds, because every filter has accepted the update.
  return withTypes(filters.map(typesOf).reduce(intersect, undefined), acceptsAll) as never
}

/**
 * Returns a filter that accepts an update if at least one filter accepts it. The filters are called in their
 * order, up to the first that accepts. Handlers have no `ctx.match`.
 */
export function or<F extends readonly Filter[]>(
  ...filters: F
): (update: Update) => update is Update & NarrowedBy<F[number]> {
  const acceptsAny = (update: Update): update is Update & NarrowedBy<F[number]> =>
    filters.some((filter) => filter(update))
  return withTypes(unite(filters.map(typesOf)), acceptsAny)
}

/**
 * Returns a filter that accepts all updates that `filter` rejects, of any type: `not(text)` accepts every
 * press of a button. `and(message, not(text))` accepts messages that are not text.
 */
export function not(filter: Filter): Filter {
  return (update) => !filter(update)
}

/** The update types that a filter can match; `undefined` for any type. */
type Types = readonly UpdateType[] | undefined

function intersect(first: Types, second: Types): Types {
  if (!first || !second) return first ?? second
  return first.filter((type) => second.includes(type))
}

function unite(lists: readonly Types[]): Types {
  const union = new Set<UpdateType>()
  for (const types of lists) {
    if (!types) return undefined
    for (const type of types) union.add(type)
  }
  return [...union]
}
