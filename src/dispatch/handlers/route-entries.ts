import type { UpdateType } from "../../telegram/api.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { PlacedEntry, PlacedRoute } from "./handler-plan.js"

/**
 * Returns an entry for each group of a route's routers, with the conditions that an update must meet to reach
 * any handler of that group.
 */
export function routeEntries({ plans }: PlacedRoute): ReadonlyMap<number, HandlerEntry> {
  const groups = new Map<number, PlacedEntry[]>()
  for (const placed of [...plans.values()].flatMap(({ entries }) => entries)) {
    const members = groups.get(placed.group)
    if (members) members.push(placed)
    else groups.set(placed.group, [placed])
  }
  return new Map([...groups].map(([group, members]) => [group, unionEntry(members)]))
}

function unionEntry(placed: readonly PlacedEntry[]): HandlerEntry {
  return {
    types: unionOf<UpdateType>(placed.map(({ entry }) => entry.types)),
    keys: unionOf<string>(placed.map(({ entry }) => entry.keys)),
    accepts: undefined,
    matchPattern: undefined,
    handler: () => undefined,
  }
}

/**
 * Returns the members of all lists. Returns `undefined`, which stands for any member, if one of the lists is
 * `undefined`.
 */
function unionOf<T>(lists: readonly (readonly T[] | undefined)[]): T[] | undefined {
  const union = new Set<T>()
  for (const list of lists) {
    if (!list) return undefined
    for (const member of list) union.add(member)
  }
  return [...union]
}
