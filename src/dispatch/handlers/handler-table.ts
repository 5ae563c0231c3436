import type { Removable } from "../../ground/removable.js"
import type { ChooseRouter, ErrorHandler } from "./handler.js"
import type { PlacedDerivation } from "./derivation.js"
import type { HandlerEntry } from "./handler-entry.js"
import { HandlerPlan, type PlacedEntry, type PlacedRoute } from "./handler-plan.js"
import { PrefixClaims, type PrefixOwner } from "./prefix-claims.js"
import { routeEntries } from "./route-entries.js"
import { DerivedScope, type ErrorScope } from "./scope.js"

/** An entry in the table of one router. */
interface Row {
  /** The group, relative to the group in which the router itself is mounted. */
  readonly group: number
  /** A handler, the table of a mounted router, or the tables of routers to choose from. */
  readonly item: HandlerEntry | HandlerTable | RouteTables
}

/** The tables of several routers, by name, and the function that chooses one of them for an update. */
export class RouteTables {
  readonly choose: ChooseRouter
  readonly tables: ReadonlyMap<string, HandlerTable>

  constructor(choose: ChooseRouter, tables: ReadonlyMap<string, HandlerTable>) {
    this.choose = choose
    this.tables = tables
  }
}

/**
 * The handlers of a router and the routers mounted on it, in the order of registration. The handlers of a
 * mounted router run at the position at which the router was mounted. Groups add up: group `n` of a router
 * mounted in group `m` is group `m + n`.
 */
export class HandlerTable implements ErrorScope {
  readonly errorHandlers = new Set<ErrorHandler>()
  readonly #derivation: PlacedDerivation | undefined
  readonly #rows = new Set<Row>()
  readonly #mountedOn = new Set<HandlerTable>()
  #plan: HandlerPlan | undefined
  /** The owners of prefixes in this table and the tables mounted on it; `undefined` after a removal. */
  #claims: PrefixClaims | undefined

  /** @param derivation the values of the handlers' context; `undefined` for none */
  constructor(derivation?: PlacedDerivation) {
    this.#derivation = derivation
  }

  /** The index of all handlers. Built on the first read after a change. */
  get plan(): HandlerPlan {
    return (this.#plan ??= new HandlerPlan(this.#collect()))
  }

  /**
   * Adds a handler, or mounts the tables of other routers.
   *
   * @throws TypeError if one of the other routers is this one or contains it, or if the prefix of callback data
   *   is taken
   */
  add(group: number, item: Row["item"]): Removable {
    const tables = tablesOf(item)
    for (const table of tables) this.#expectMountable(table)
    this.#claim(ownersOf(item))
    for (const table of tables) table.#mountedOn.add(this)
    const row: Row = { group, item }
    this.#rows.add(row)
    this.#dropPlan()
    return { remove: () => this.#remove(row) }
  }

  /** Adds an error handler. */
  addErrorHandler(handler: ErrorHandler): Removable {
    // A new function for each registration, because a `Set` would merge two of the same function.
    const wrapped: ErrorHandler = (error, ctx, failure) => handler(error, ctx, failure)
    this.errorHandlers.add(wrapped)
    return { remove: () => void this.errorHandlers.delete(wrapped) }
  }

  /** Adds owners of prefixes to this table and to the tables around it; to none of them if one throws. */
  #claim(owners: readonly PrefixOwner[]): void {
    if (owners.length === 0) return
    const together = new PrefixClaims()
    for (const owner of owners) together.add(owner)
    const tables = this.#withOuterTables()
    for (const table of tables) for (const owner of owners) table.claims.expectFree(owner)
    for (const table of tables) for (const owner of owners) table.claims.add(owner)
  }

  /** The owners of prefixes in this table and the tables mounted on it. */
  get claims(): PrefixClaims {
    if (this.#claims) return this.#claims
    const claims = new PrefixClaims()
    for (const { item } of this.#rows) for (const owner of ownersOf(item)) claims.add(owner)
    return (this.#claims = claims)
  }

  #withOuterTables(found = new Set<HandlerTable>()): ReadonlySet<HandlerTable> {
    found.add(this)
    for (const table of this.#mountedOn) if (!found.has(table)) table.#withOuterTables(found)
    return found
  }

  #expectMountable(other: HandlerTable): void {
    if (!other.#contains(this)) return
    throw new TypeError(
      "Expected another router to mount, got this router or one that contains it.",
    )
  }

  #contains(other: HandlerTable): boolean {
    if (this === other) return true
    return [...this.#mountedTables()].some((table) => table.#contains(other))
  }

  *#mountedTables(): Iterable<HandlerTable> {
    for (const { item } of this.#rows) yield* tablesOf(item)
  }

  #remove(row: Row): void {
    if (!this.#rows.delete(row)) return
    this.#dropPlan()
    for (const table of this.#withOuterTables()) table.#claims = undefined
    const mounted = new Set(this.#mountedTables())
    for (const table of tablesOf(row.item)) if (!mounted.has(table)) table.#mountedOn.delete(this)
  }

  #dropPlan(): void {
    this.#plan = undefined
    for (const table of this.#mountedOn) table.#dropPlan()
  }

  /** Returns this router and the routers around it, the innermost first. */
  #scopesIn(outer: readonly ErrorScope[]): readonly ErrorScope[] {
    if (this.#derivation) return new DerivedScope(this.#derivation, this, outer).errorScopes
    const { errorHandlers } = this
    return [{ errorHandlers, derived: outer[0]?.derived }, ...outer]
  }

  #collect(
    group = 0,
    outer: readonly ErrorScope[] = [],
    placed: PlacedEntry[] = [],
  ): readonly PlacedEntry[] {
    const scopes = this.#scopesIn(outer)
    const derived = scopes[0]?.derived
    for (const row of this.#rows) {
      const inGroup = group + row.group
      const add = (entry: HandlerEntry, at: number, route: PlacedRoute | undefined) =>
        placed.push({ entry, group: at, order: placed.length, scopes, derived, route })
      if (row.item instanceof HandlerTable) row.item.#collect(inGroup, scopes, placed)
      else if (row.item instanceof RouteTables) {
        const route = placedRoute(row.item, (table) => table.#collect(inGroup, scopes))
        for (const [number, entry] of routeEntries(route)) add(entry, number, route)
      } else add(row.item, inGroup, undefined)
    }
    return placed
  }
}

function tablesOf(item: Row["item"]): readonly HandlerTable[] {
  if (item instanceof HandlerTable) return [item]
  return item instanceof RouteTables ? [...item.tables.values()] : []
}

function ownersOf(item: Row["item"]): readonly PrefixOwner[] {
  const tables = tablesOf(item)
  if (tables.length > 0) return tables.flatMap((table) => [...table.claims.owners])
  return "owner" in item && item.owner ? [item.owner] : []
}

function placedRoute(
  { choose, tables }: RouteTables,
  collect: (table: HandlerTable) => readonly PlacedEntry[],
): PlacedRoute {
  const plans = [...tables].map(([name, table]) => [name, new HandlerPlan(collect(table))] as const)
  return { choose, plans: new Map(plans) }
}
