import type { UpdateType } from "../../telegram/api.js"
import type { ErrorHandler } from "./handler.js"
import type { HandlerEntry } from "./handler-entry.js"

/** The part of a router that the report of an error uses. */
export interface ErrorScope {
  readonly errorHandlers: ReadonlySet<ErrorHandler>
}

/** A handler and its position among all handlers of a dispatcher. */
export interface PlacedEntry {
  readonly entry: HandlerEntry
  readonly group: number
  /** The position in the order of registration, from 0. */
  readonly order: number
  /** The routers around the handler, the innermost first. */
  readonly scopes: readonly ErrorScope[]
}

/** The handlers of a group that can match updates of one type. */
interface Candidates {
  /** The handlers without keys, which may match any update of the type. */
  readonly unkeyed: readonly PlacedEntry[]
  /** The handlers with keys, by each key. */
  readonly keyed: ReadonlyMap<string, readonly PlacedEntry[]>
}

/**
 * An immutable index of all handlers by group, update type and key, so that a bot with a thousand commands
 * compares an update with only one of them.
 */
export class HandlerPlan {
  /** The groups, the lowest first. */
  readonly groups: readonly GroupPlan[]
  /** All handlers, in their order of registration. */
  readonly entries: readonly PlacedEntry[]

  constructor(entries: readonly PlacedEntry[]) {
    const groups = new Map<number, PlacedEntry[]>()
    for (const placed of entries) {
      const group = groups.get(placed.group)
      if (group) group.push(placed)
      else groups.set(placed.group, [placed])
    }
    const sorted = [...groups].sort(([one], [other]) => one - other)
    this.groups = sorted.map(([, members]) => new GroupPlan(members))
    this.entries = entries
  }

  /** The update types that handlers name, and whether a handler can match any type. */
  get types(): { named: ReadonlySet<UpdateType>; any: boolean } {
    const named = new Set(this.entries.flatMap(({ entry }) => entry.types ?? []))
    return { named, any: this.entries.some(({ entry }) => entry.types === undefined) }
  }

  /**
   * Returns whether a handler of this update type has the command as a key, or a pattern for commands.
   */
  mayHandleCommand(type: UpdateType, key: string): boolean {
    return this.groups.some((group) => group.mayHandleCommand(type, key))
  }
}

/** The handlers of one group. */
export class GroupPlan {
  readonly #entries: readonly PlacedEntry[]
  readonly #namedTypes: ReadonlySet<UpdateType>
  readonly #candidates = new Map<UpdateType | undefined, Candidates>()

  constructor(entries: readonly PlacedEntry[]) {
    this.#entries = entries
    this.#namedTypes = new Set(entries.flatMap(({ entry }) => entry.types ?? []))
  }

  /**
   * Returns a cursor over the handlers that can match an update of this type and key, if there are any.
   */
  find(type: UpdateType | undefined, key: string | undefined): Cursor | undefined {
    const { unkeyed, keyed } = this.#candidatesOf(type)
    const withKey = key === undefined ? noEntries : (keyed.get(key) ?? noEntries)
    return unkeyed.length + withKey.length > 0 ? new Cursor(unkeyed, withKey) : undefined
  }

  /**
   * Returns whether a handler of this update type has the command as a key, or a pattern for commands.
   */
  mayHandleCommand(type: UpdateType, key: string): boolean {
    const { unkeyed, keyed } = this.#candidatesOf(type)
    return keyed.has(key) || unkeyed.some(({ entry }) => entry.matchesCommandNames)
  }

  /** Returns the candidates of a type, which are collected when the first update of that type arrives. */
  #candidatesOf(type: UpdateType | undefined): Candidates {
    // All types that no handler names have the same candidates, under the key `undefined`.
    const namedType = type !== undefined && this.#namedTypes.has(type) ? type : undefined
    const cached = this.#candidates.get(namedType)
    if (cached) return cached
    const matching = this.#entries.filter(({ entry }) => canMatchType(entry, namedType))
    const candidates = indexByKey(matching)
    this.#candidates.set(namedType, candidates)
    return candidates
  }
}

/** An iterator over the candidates for one update: it merges two lists in their order of registration. */
export class Cursor {
  readonly #unkeyed: readonly PlacedEntry[]
  readonly #withKey: readonly PlacedEntry[]
  #unkeyedIndex = 0
  #withKeyIndex = 0

  constructor(unkeyed: readonly PlacedEntry[], withKey: readonly PlacedEntry[]) {
    this.#unkeyed = unkeyed
    this.#withKey = withKey
  }

  /** Returns the next candidate; `undefined` after the last. */
  next(): PlacedEntry | undefined {
    const unkeyed = this.#unkeyed[this.#unkeyedIndex]
    const withKey = this.#withKey[this.#withKeyIndex]
    if (unkeyed && (!withKey || unkeyed.order < withKey.order)) {
      this.#unkeyedIndex += 1
      return unkeyed
    }
    this.#withKeyIndex += 1
    return withKey
  }
}

function canMatchType(entry: HandlerEntry, type: UpdateType | undefined): boolean {
  return !entry.types || (type !== undefined && entry.types.includes(type))
}

const noEntries: readonly PlacedEntry[] = []

function indexByKey(entries: readonly PlacedEntry[]): Candidates {
  const keyed = new Map<string, PlacedEntry[]>()
  for (const placed of entries) {
    for (const key of new Set(placed.entry.keys)) {
      const withKey = keyed.get(key)
      if (withKey) withKey.push(placed)
      else keyed.set(key, [placed])
    }
  }
  return { unkeyed: entries.filter(({ entry }) => !entry.keys), keyed }
}
