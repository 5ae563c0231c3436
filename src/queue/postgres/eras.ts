import type { PoolConnections } from "./pool-connections.js"
import { quoted } from "./tables.js"
import type { WorkResult } from "./work-statement.js"

/** The entries that a call may read for each update that it ends or takes, and for itself. */
const entriesPerUpdate = 16
/** The number of entries in excess from which on an era begins: about 5 ms of the database's time. */
const firstExcess = 15_000
/** The maximum number of lanes that are moved into a new era, which takes about half a second. */
const maxLanes = 50_000

/**
 * Begins an era in the database when calls of `work` read far more entries of indexes than they find: PostgreSQL
 * keeps the deleted rows, because a transaction that is open elsewhere may see them (see `eraFunction`).
 */
export class Eras {
  readonly #connections: PoolConnections
  readonly #statement: string
  #era = 0
  /** The entries that were read in excess since the era began. */
  #excess = 0
  /** The excess at which the next era begins. Each failure doubles it. */
  #maxExcess = firstExcess
  #beginning: Promise<void> | undefined

  /** @param schema the name of the queue's schema */
  constructor(connections: PoolConnections, schema: string) {
    this.#connections = connections
    this.#statement = `SELECT ${quoted(schema)}.begin_era($1, $2) AS is_begun`
  }

  /**
   * Counts the entries of a call, and begins an era if there were too many.
   *
   * @param updates the number of updates that the call has ended or taken
   */
  add({ era, entries }: Pick<WorkResult, "era" | "entries">, updates: number): void {
    if (era !== this.#era) {
      this.#era = era
      this.#excess = 0
    }
    this.#excess += Math.max(entries - entriesPerUpdate * (updates + 1), 0)
    if (this.#excess < this.#maxExcess) return
    this.#beginning ??= this.#begin().finally(() => (this.#beginning = undefined))
  }

  /** Resolves when no era is being begun. */
  async close(): Promise<void> {
    await this.#beginning
  }

  async #begin(): Promise<void> {
    const limit = Math.min(Math.ceil(this.#excess / 10), maxLanes)
    // A failure, such as a time-out while another transaction is under way, is no error: the next attempt follows.
    const rows = await this.#connections
      .query<{ is_begun: boolean }>(this.#statement, [this.#era, limit])
      .catch(() => [])
    this.#excess = 0
    this.#maxExcess = rows[0]?.is_begun === true ? firstExcess : this.#maxExcess * 2
  }
}
