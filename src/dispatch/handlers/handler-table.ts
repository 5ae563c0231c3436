import type { ErrorHandler, Registration } from "./handler.js"
import type { HandlerEntry } from "./handler-entry.js"
import { type ErrorScope, HandlerPlan, type PlacedEntry } from "./handler-plan.js"

interface Row {
  readonly group: number
  readonly item: HandlerEntry | HandlerTable
}

/**
 * The handlers of a router and the routers mounted on it, in the order of registration.
 * A mounted router's handlers stand in the place where it was mounted; its group `n` is `n` groups
 * above the one it was mounted in.
 */
export class HandlerTable implements ErrorScope {
  readonly errorHandlers = new Set<ErrorHandler>()
  readonly #rows = new Set<Row>()
  readonly #mountedOn = new Set<HandlerTable>()
  #plan: HandlerPlan | undefined

  /** All handlers as they stand now. Made again after a change, when it is next read. */
  get plan(): HandlerPlan {
    return (this.#plan ??= new HandlerPlan(this.#place()))
  }

  /** Adds a handler, or mounts the table of another router. */
  add(group: number, item: HandlerEntry | HandlerTable): Registration {
    if (item instanceof HandlerTable) item.#mountOn(this)
    const row: Row = { group, item }
    this.#rows.add(row)
    this.#change()
    return { remove: () => this.#remove(row) }
  }

  /** Adds an error handler. */
  addErrorHandler(handler: ErrorHandler): Registration {
    // The same function may be registered twice, and each registration is removed by itself.
    const own: ErrorHandler = (error, ctx, failure) => handler(error, ctx, failure)
    this.errorHandlers.add(own)
    return { remove: () => void this.errorHandlers.delete(own) }
  }

  #mountOn(other: HandlerTable): void {
    if (this.#contains(other)) {
      throw new TypeError("Expected another router to mount, got one that holds this one itself.")
    }
    this.#mountedOn.add(other)
  }

  #contains(other: HandlerTable): boolean {
    if (this === other) return true
    return [...this.#tables()].some((table) => table.#contains(other))
  }

  *#tables(): Iterable<HandlerTable> {
    for (const { item } of this.#rows) if (item instanceof HandlerTable) yield item
  }

  #remove(row: Row): void {
    if (!this.#rows.delete(row)) return
    this.#change()
    const { item } = row
    if (!(item instanceof HandlerTable)) return
    if (![...this.#tables()].includes(item)) item.#mountedOn.delete(this)
  }

  #change(): void {
    this.#plan = undefined
    for (const table of this.#mountedOn) table.#change()
  }

  #place(
    group = 0,
    outer: readonly ErrorScope[] = [],
    placed: PlacedEntry[] = [],
  ): readonly PlacedEntry[] {
    const scopes = [this, ...outer]
    for (const row of this.#rows) {
      const inGroup = group + row.group
      if (row.item instanceof HandlerTable) row.item.#place(inGroup, scopes, placed)
      else placed.push({ entry: row.item, group: inGroup, place: placed.length, scopes })
    }
    return placed
  }
}
