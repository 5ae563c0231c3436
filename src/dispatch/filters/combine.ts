import type { UpdateType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import {
  type Filter,
  matching,
  type NarrowedBy,
  type Patterned,
  patternOf,
  typesOf,
  withPattern,
} from "./filter.js"

type NarrowedByAll<F extends readonly Filter[]> = F extends readonly [
  infer Head,
  ...infer Tail extends readonly Filter[],
]
  ? NarrowedBy<Head> & NarrowedByAll<Tail>
  : Update

type PatternOfAny<F> = [Extract<F, Patterned>] extends [never] ? unknown : Patterned

/** Returns a filter that wants the updates that all filters want. They are asked in their order. */
export function and<F extends readonly Filter[]>(
  ...filters: F
): ((update: Update) => update is Update & NarrowedByAll<F>) & PatternOfAny<F[number]> {
  const all = (update: Update) => filters.every((filter) => filter(update))
  const pattern = filters.map(patternOf).find((found) => found !== undefined)
  if (pattern) withPattern(pattern, all)
  // Each filter's guard claims its part; together they claim this.
  return matching(filters.map(typesOf).reduce(intersect, undefined), all) as never
}

/** Returns a filter that wants the updates that any filter wants. They are asked in their order. */
export function or<F extends readonly Filter[]>(
  ...filters: F
): (update: Update) => update is Update & NarrowedBy<F[number]> {
  const any = (update: Update): update is Update & NarrowedBy<F[number]> =>
    filters.some((filter) => filter(update))
  return matching(unite(filters.map(typesOf)), any)
}

/**
 * Returns a filter that wants all other updates, of any type: `not(text)` wants every press of a button.
 * `and(message, not(text))` wants messages that are not text.
 */
export function not(filter: Filter): Filter {
  return (update) => !filter(update)
}

type Types = readonly UpdateType[] | undefined

function intersect(one: Types, other: Types): Types {
  if (!one || !other) return one ?? other
  return one.filter((type) => other.includes(type))
}

function unite(lists: readonly Types[]): Types {
  const all = new Set<UpdateType>()
  for (const types of lists) {
    if (!types) return undefined
    for (const type of types) all.add(type)
  }
  return [...all]
}
