import type { ErrorHandler, Registration } from "./handler.js"
import type { HandlerEntry } from "./handler-entry.js"
import { type ErrorScope, HandlerPlan, type PlacedEntry } from "./handler-plan.js"

/** A registration in the table of one router. */
interface Row {
  /** The group, relative to the group in which the router itself is mounted. */
  readonly group: number
  /** A handler, or the table of a mounted router. */
  readonly item: HandlerEntry | HandlerTable
}

/**
 * The handlers of a router and the routers mounted on it, in the order of registration. The handlers of a
 * mounted router run at the position at which the router was mounted. Groups add up: group `n` of a router
 * mounted in group `m` is group `m + n`.
 */
export class HandlerTable implements ErrorScope {
  readonly errorHandlers = new Set<ErrorHandler>()
  readonly #rows = new Set<Row>()
  readonly #mountedOn = new Set<HandlerTable>()
  #plan: HandlerPlan | undefined

  /** The index of all handlers. Built on the first read after a change. */
  get plan(): HandlerPlan {
    return (this.#plan ??= new HandlerPlan(this.#collect()))
  }

  /**
   * Adds a handler, or mounts the table of another router.
   *
   * @throws TypeError if the other router is this one or contains it
   */
  add(group: number, item: HandlerEntry | HandlerTable): Registration {
    if (item instanceof HandlerTable) item.#mountOn(this)
    const row: Row = { group, item }
    this.#rows.add(row)
    this.#dropPlan()
    return { remove: () => this.#remove(row) }
  }

  /** Adds an error handler. */
  addErrorHandler(handler: ErrorHandler): Registration {
    // A new function for each registration, because a `Set` would merge two of the same function.
    const wrapped: ErrorHandler = (error, ctx, failure) => handler(error, ctx, failure)
    this.errorHandlers.add(wrapped)
    return { remove: () => void this.errorHandlers.delete(wrapped) }
  }

  #mountOn(other: HandlerTable): void {
    if (this.#contains(other)) {
      throw new TypeError(
        "Expected another router to mount, got this router or one that contains it.",
      )
    }
    this.#mountedOn.add(other)
  }

  #contains(other: HandlerTable): boolean {
    if (this === other) return true
    return [...this.#mountedTables()].some((table) => table.#contains(other))
  }

  *#mountedTables(): Iterable<HandlerTable> {
    for (const { item } of this.#rows) if (item instanceof HandlerTable) yield item
  }

  #remove(row: Row): void {
    if (!this.#rows.delete(row)) return
    this.#dropPlan()
    const { item } = row
    if (!(item instanceof HandlerTable)) return
    if (![...this.#mountedTables()].includes(item)) item.#mountedOn.delete(this)
  }

  #dropPlan(): void {
    this.#plan = undefined
    for (const table of this.#mountedOn) table.#dropPlan()
  }

  #collect(
    group = 0,
    outer: readonly ErrorScope[] = [],
    placed: PlacedEntry[] = [],
  ): readonly PlacedEntry[] {
    const scopes = [this, ...outer]
    for (const row of this.#rows) {
      const inGroup = group + row.group
      if (row.item instanceof HandlerTable) row.item.#collect(inGroup, scopes, placed)
      else placed.push({ entry: row.item, group: inGroup, order: placed.length, scopes })
    }
    return placed
  }
}
