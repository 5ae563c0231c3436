import type { UpdateType } from "../../telegram/api.js"
import { ownType } from "../../telegram/own-update.js"
import type { HandlerEntry } from "./handler-entry.js"
import type { ChooseRouter } from "./handler.js"
import { InterruptingHandlers } from "./interrupting-handlers.js"
import { unmatchedKey } from "./press-key.js"
import type { DerivedScope, ErrorScope } from "./scope.js"
import { textOfKey } from "./text-entry.js"

/** A handler, or a choice of routers, and its position among all handlers of a dispatcher. */
export interface PlacedEntry {
  readonly entry: HandlerEntry
  readonly group: number
  /** The position in the order of registration, from 0. */
  readonly order: number
  /** The routers around the handler, the innermost first. */
  readonly scopes: readonly ErrorScope[]
  /**
   * The innermost scope whose values the handler's context has; `undefined` for a context without derived
   * values.
   */
  readonly derived: DerivedScope | undefined
  /** The routers to choose from; `undefined` for a handler. */
  readonly route: PlacedRoute | undefined
}

/** Several routers of which each update goes to one: the router that a function chooses. */
export interface PlacedRoute {
  readonly choose: ChooseRouter
  /** The handlers of the routers, by the routers' names. */
  readonly plans: ReadonlyMap<string, HandlerPlan>
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
  /** All handlers and choices of routers, in their order of registration. */
  readonly entries: readonly PlacedEntry[]
  readonly #byNumber = new Map<number, GroupPlan>()
  #interrupting: InterruptingHandlers | undefined
  /** The update types that handlers name, and whether a handler can match any type. */
  readonly types: { readonly named: ReadonlySet<UpdateType>; readonly any: boolean }
  /** Whether a handler has an exact text as a key. */
  readonly hasTextKeys: boolean

  constructor(entries: readonly PlacedEntry[]) {
    const groups = new Map<number, PlacedEntry[]>()
    for (const placed of entries) {
      const group = groups.get(placed.group)
      if (group) group.push(placed)
      else groups.set(placed.group, [placed])
    }
    const sorted = [...groups].sort(([one], [other]) => one - other)
    for (const [number, members] of sorted) this.#byNumber.set(number, new GroupPlan(members))
    this.groups = [...this.#byNumber.values()]
    this.entries = entries
    this.types = {
      named: new Set(entries.flatMap(({ entry }) => entry.types ?? [])),
      any: entries.some(({ entry }) => entry.types === undefined),
    }
    this.hasTextKeys = this.handlers.some(
      ({ entry }) => entry.keys?.some((key) => textOfKey(key) !== undefined) === true,
    )
  }

  /** All handlers, including the handlers of routers to choose from. */
  get handlers(): PlacedEntry[] {
    const routes = new Set<PlacedRoute>()
    return this.entries.flatMap((placed) => {
      const { route } = placed
      if (!route) return [placed]
      // A choice of routers has an entry in each group of these routers.
      if (routes.has(route)) return []
      routes.add(route)
      return [...route.plans.values()].flatMap((plan) => plan.handlers)
    })
  }

  /** The handlers whose updates interrupt the running handler of their lane. */
  get interrupting(): InterruptingHandlers {
    return (this.#interrupting ??= new InterruptingHandlers(
      this.handlers.map(({ entry }) => entry),
    ))
  }

  /** Returns the handlers of a group; `undefined` if there are none. */
  group(number: number): GroupPlan | undefined {
    return this.#byNumber.get(number)
  }

  /** Returns whether a handler has the name of this own update as a key. */
  handlesOwn(name: string): boolean {
    return this.groups.some((group) => group.handlesOwn(name))
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
   * Returns a cursor over the handlers that can match an update of this type with these keys, if there are
   * any. For the key of unmatched presses, leaves out the handlers without keys, which the press has passed
   * before.
   */
  find(type: UpdateType | undefined, keys: readonly string[]): Cursor | undefined {
    const { keyed, ...others } = this.#candidatesOf(type)
    const unkeyed = keys[0] === unmatchedKey ? noEntries : others.unkeyed
    const withKey = entriesOfKeys(keyed, keys)
    return unkeyed.length + withKey.length > 0 ? new Cursor(unkeyed, withKey) : undefined
  }

  /**
   * Returns whether a handler of this update type has the command as a key, or a pattern for commands.
   */
  mayHandleCommand(type: UpdateType, key: string): boolean {
    const { unkeyed, keyed } = this.#candidatesOf(type)
    const isMatch = ({ entry, group, route }: PlacedEntry) =>
      entry.matchesCommandNames ??
      groupsOf(route, group).some((plan) => plan.mayHandleCommand(type, key))
    return keyed.has(key) || unkeyed.some(isMatch)
  }

  /** Returns whether a handler has the name of this own update as a key. */
  handlesOwn(name: string): boolean {
    // `UpdateType` lists the types of Telegram's updates only.
    const { unkeyed, keyed } = this.#candidatesOf(ownType as UpdateType)
    const ofRoute = ({ group, route }: PlacedEntry) =>
      groupsOf(route, group).some((plan) => plan.handlesOwn(name))
    return (
      keyed.get(name)?.some((placed) => !placed.route || ofRoute(placed)) === true ||
      unkeyed.some(ofRoute)
    )
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

/** Returns the handlers of all routers of a route in one group. */
function groupsOf(route: PlacedRoute | undefined, number: number): GroupPlan[] {
  const groups = [...(route?.plans.values() ?? [])].map((plan) => plan.group(number))
  return groups.filter((group) => group !== undefined)
}

function canMatchType(entry: HandlerEntry, type: UpdateType | undefined): boolean {
  return !entry.types || (type !== undefined && entry.types.includes(type))
}

const noEntries: readonly PlacedEntry[] = []

/** Returns the handlers of any of the keys, in their order of registration. */
function entriesOfKeys(
  keyed: Candidates["keyed"],
  keys: readonly string[],
): readonly PlacedEntry[] {
  let found = noEntries
  for (const key of keys) {
    const withKey = keyed.get(key)
    if (!withKey) continue
    found = found.length === 0 ? withKey : inOrder(found, withKey)
  }
  return found
}

/** Returns the members of both lists without repeats: a choice of routers can have both keys of an update. */
function inOrder(one: readonly PlacedEntry[], other: readonly PlacedEntry[]): PlacedEntry[] {
  return [...new Set([...one, ...other])].toSorted((a, b) => a.order - b.order)
}

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
