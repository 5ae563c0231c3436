import type { UpdateType } from "../../telegram/api.js"
import type { ErrorHandler } from "./handler.js"
import type { HandlerEntry } from "./handler-entry.js"

/** Who is told of a handler that threw. */
export interface ErrorScope {
  readonly errorHandlers: ReadonlySet<ErrorHandler>
}

/** A handler in its place among all of a dispatcher. */
export interface PlacedEntry {
  readonly entry: HandlerEntry
  readonly group: number
  /** Where it stands in the order of registration. */
  readonly place: number
  /** The routers it belongs to, the innermost first. */
  readonly scopes: readonly ErrorScope[]
}

/** The handlers of a group that can want an update of one type. */
interface Candidates {
  /** Those that are asked one after the other. */
  readonly asked: readonly PlacedEntry[]
  /** Those that are looked up. */
  readonly keyed: ReadonlyMap<string, readonly PlacedEntry[]>
}

/** All handlers at one moment, looked up by group, update type and key. It never changes. */
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

  /** The update types that handlers want, and whether one of them may want any type. */
  get types(): { named: ReadonlySet<UpdateType>; any: boolean } {
    const named = new Set(this.#entries.flatMap(({ entry }) => entry.types ?? []))
    return { named, any: this.#entries.some(({ entry }) => entry.types === undefined) }
  }

  /** Whether a handler of this type is looked up by this key, or by a pattern of commands. */
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

  /** Those that can want an update of this type and key; `undefined` where none can. */
  find(type: UpdateType | undefined, key: string | undefined): Cursor | undefined {
    const { asked, keyed } = this.#ofType(type)
    const looked = key === undefined ? none : (keyed.get(key) ?? none)
    return asked.length + looked.length > 0 ? new Cursor(asked, looked) : undefined
  }

  /** Whether a handler of this type is looked up by this key, or by a pattern of commands. */
  wantsCommand(type: UpdateType, key: string): boolean {
    const { asked, keyed } = this.#ofType(type)
    return keyed.has(key) || asked.some(({ entry }) => entry.isOfCommands)
  }

  #ofType(type: UpdateType | undefined): Candidates {
    // All types that no handler names have the same candidates: those that want any type.
    const named = type !== undefined && this.#named.has(type) ? type : undefined
    const known = this.#candidates.get(named)
    if (known) return known
    const candidates = arrange(this.#entries.filter(({ entry }) => wants(entry, named)))
    this.#candidates.set(named, candidates)
    return candidates
  }
}

/** Walks the candidates of one update in their order of registration. */
export class Cursor {
  readonly #asked: readonly PlacedEntry[]
  readonly #looked: readonly PlacedEntry[]
  #nextAsked = 0
  #nextLooked = 0

  constructor(asked: readonly PlacedEntry[], looked: readonly PlacedEntry[]) {
    this.#asked = asked
    this.#looked = looked
  }

  /** The next candidate; `undefined` after the last. */
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
