import type { NewUpdate } from "../new-update.js"
import type { HandledUpdate } from "./update-rows.js"
import type { Rows } from "./update-store.js"

/** An update that is told where it is stored. */
export interface PlacedPut {
  readonly update: NewUpdate
  /** Where it is stored; `undefined` where its id was known. */
  sequence: number | undefined
}

/**
 * What one transaction writes, in its order. A call of SQLite costs more than the row that it writes:
 * puts that follow each other are written together, and so are all updates that have been handled.
 */
export class TurnBatch {
  readonly #rows: Rows
  readonly #now: number
  readonly #handled: HandledUpdate[] = []
  #puts: PlacedPut[] = []

  constructor(rows: Rows, now: number) {
    this.#rows = rows
    this.#now = now
  }

  /** The rows, with all that was put so far. */
  get rows(): Rows {
    this.#writePuts()
    return this.#rows
  }

  /** Stores an update behind all others. */
  put(put: PlacedPut): void {
    this.#puts.push(put)
  }

  /** Removes an update that has been handled. */
  handled(update: HandledUpdate): void {
    this.#handled.push(update)
  }

  /** Writes what is left. */
  end(): void {
    const { updates } = this.rows
    updates.done(this.#handled, this.#now)
    updates.prune(this.#now)
  }

  #writePuts(): void {
    const puts = this.#puts
    if (puts.length === 0) return
    this.#puts = []
    const places = this.#rows.updates.put(
      puts.map(({ update }) => update),
      this.#now,
    )
    for (const [index, put] of puts.entries()) put.sequence = places[index]
  }
}
