import type { UpdateType } from "../../telegram/api.js"
import type { ErrorHandler } from "./handler.js"
import type { HandlerEntry } from "./handler-entry.js"

/** A router's error handlers. */
export interface ErrorScope {
  readonly errorHandlers: ReadonlySet<ErrorHandler>
}

/** A handler in its place among all handlers of a dispatcher. */
export interface PlacedEntry {
  readonly entry: HandlerEntry
  readonly group: number
  /** The position in the order of registration. */
  readonly place: number
  /** The routers around the handler, the innermost first. */
  readonly scopes: readonly ErrorScope[]
}

/** The handlers of a group that can want an update of one type. */
interface Candidates {
  /** The handlers that are asked one after the other. */
  readonly asked: readonly PlacedEntry[]
  /** The handlers that are looked up by key. */
  readonly keyed: ReadonlyMap<string, readonly PlacedEntry[]>
}

/** An immutable index of all handlers by group, update type and key. */
export class HandlerPlan {
  /** The groups, the lowest first. */
  readonly groups: readonly GroupPlan[]
  readonly #entries: readonly PlacedEntry[]

  constructor(entries: readonly PlacedEntry[]) {
    const groups = new Map<number, PlacedEntry[]>()
    for (const placed of entries) {
      const group = groups.get(placed.group)
      if (group) group.push(placed)
      else groups.set(placed.group, [placed])
    }
    const sorted = [...groups].sort(([one], [other]) => one - other)
    this.groups = sorted.map(([, members]) => new GroupPlan(members))
    this.#entries = entries
  }

  /** The update types that handlers name, and whether a handler may want any type. */
  get types(): { named: ReadonlySet<UpdateType>; any: boolean } {
    const named = new Set(this.#entries.flatMap(({ entry }) => entry.types ?? []))
    return { named, any: this.#entries.some(({ entry }) => entry.types === undefined) }
  }

  /** Returns whether a handler of this type wants a command by its name or by a pattern. */
  wantsCommand(type: UpdateType, key: string): boolean {
    return this.groups.some((group) => group.wantsCommand(type, key))
  }
}

/** The handlers of one group. */
export class GroupPlan {
  readonly #entries: readonly PlacedEntry[]
  readonly #named: ReadonlySet<UpdateType>
  readonly #candidates = new Map<UpdateType | undefined, Candidates>()

  constructor(entries: readonly PlacedEntry[]) {
    this.#entries = entries
    this.#named = new Set(entries.flatMap(({ entry }) => entry.types ?? []))
  }

  /** Returns the handlers that can want an update of this type and key; `undefined` for none. */
  find(type: UpdateType | undefined, key: string | undefined): Cursor | undefined {
    const { asked, keyed } = this.#ofType(type)
    const looked = key === undefined ? none : (keyed.get(key) ?? none)
    return asked.length + looked.length > 0 ? new Cursor(asked, looked) : undefined
  }

  /** Returns whether a handler of this type wants a command by its name or by a pattern. */
  wantsCommand(type: UpdateType, key: string): boolean {
    const { asked, keyed } = this.#ofType(type)
    return keyed.has(key) || asked.some(({ entry }) => entry.isOfCommands)
  }

  #ofType(type: UpdateType | undefined): Candidates {
    // The types that no handler names share one list: the handlers that want any type.
    const named = type !== undefined && this.#named.has(type) ? type : undefined
    const known = this.#candidates.get(named)
    if (known) return known
    const candidates = arrange(this.#entries.filter(({ entry }) => wants(entry, named)))
    this.#candidates.set(named, candidates)
    return candidates
  }
}

/** An iterator over the candidates for one update, in their order of registration. */
export class Cursor {
  readonly #asked: readonly PlacedEntry[]
  readonly #looked: readonly PlacedEntry[]
  #nextAsked = 0
  #nextLooked = 0

  constructor(asked: readonly PlacedEntry[], looked: readonly PlacedEntry[]) {
    this.#asked = asked
    this.#looked = looked
  }

  /** Returns the next candidate; `undefined` after the last. */
  next(): PlacedEntry | undefined {
    const asked = this.#asked[this.#nextAsked]
    const looked = this.#looked[this.#nextLooked]
    if (asked && (!looked || asked.place < looked.place)) {
      this.#nextAsked += 1
      return asked
    }
    this.#nextLooked += 1
    return looked
  }
}

function wants(entry: HandlerEntry, type: UpdateType | undefined): boolean {
  return !entry.types || (type !== undefined && entry.types.includes(type))
}

const none: readonly PlacedEntry[] = []

function arrange(entries: readonly PlacedEntry[]): Candidates {
  const keyed = new Map<string, PlacedEntry[]>()
  for (const placed of entries) {
    for (const key of new Set(placed.entry.keys)) {
      const same = keyed.get(key)
      if (same) same.push(placed)
      else keyed.set(key, [placed])
    }
  }
  return { asked: entries.filter(({ entry }) => !entry.keys), keyed }
}
