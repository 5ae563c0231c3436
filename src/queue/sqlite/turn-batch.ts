import type { NewUpdate } from "../new-update.js"
import type { HandledUpdate } from "./update-rows.js"
import type { Rows } from "./update-store.js"

/** A put that receives the sequence of its stored update. */
export interface PlacedPut {
  readonly update: NewUpdate
  /** The sequence of the stored update; `undefined` if its id was known. */
  sequence: number | undefined
}

/**
 * The writes of one transaction, in order. A call of SQLite costs more than the row that it writes.
 * Consecutive puts are therefore written with one statement, and so are all handled updates of the
 * transaction.
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

  /** The tables, after the puts so far have been written. */
  get rows(): Rows {
    this.#writePuts()
    return this.#rows
  }

  /** Adds an update at the end of its lane. */
  put(put: PlacedPut): void {
    this.#puts.push(put)
  }

  /** Removes a handled update. */
  removeHandled(update: HandledUpdate): void {
    this.#handled.push(update)
  }

  /** Writes the rest of the batch. */
  end(): void {
    const { updates } = this.rows
    updates.done(this.#handled, this.#now)
    updates.prune(this.#now)
  }

  #writePuts(): void {
    const puts = this.#puts
    if (puts.length === 0) return
    this.#puts = []
    const sequences = this.#rows.updates.put(
      puts.map(({ update }) => update),
      this.#now,
    )
    for (const [index, put] of puts.entries()) put.sequence = sequences[index]
  }
}
