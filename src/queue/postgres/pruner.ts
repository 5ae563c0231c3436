import type { Connections } from "./connections.js"
import { quoted } from "./tables.js"

/** How many updates are added before some ids are looked at. */
const every = 1_000
/** How many ids are looked at: more than were added, so that all of them are in time. */
const pageSize = 4_000

interface PageEnd {
  /** Numbers of type `bigint`, as text. */
  readonly bot_id: string | null
  readonly update_id: string | null
}

/** Forgets the ids of updates that were handled long ago: goes around all of them, page by page. */
export class Pruner {
  readonly #connections: Connections
  readonly #statement: string
  readonly #rememberMs: number
  #from: readonly [string, string] = ["-1", "0"]
  #added = 0
  #pruning: Promise<void> | undefined

  constructor(connections: Connections, schema: string, rememberMs: number) {
    this.#connections = connections
    this.#rememberMs = rememberMs
    this.#statement = `SELECT * FROM ${quoted(schema)}.prune($1, $2, $3, $4)`
  }

  /** Updates were added; about as many may be forgotten. */
  added(count: number): void {
    this.#added += count
    if (this.#added < every || this.#pruning) return
    this.#added = 0
    this.#pruning = this.prune().finally(() => {
      this.#pruning = undefined
    })
  }

  /** Looks at one page. Where that fails, the next call does. */
  async prune(): Promise<void> {
    try {
      const values = [...this.#from, pageSize, this.#rememberMs]
      const [end] = await this.#connections.ask<PageEnd>(this.#statement, values)
      this.#from = [end?.bot_id ?? "-1", end?.update_id ?? "0"]
    } catch {
      // Nothing depends on it, and whoever puts or takes says what is wrong.
    }
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    await this.#pruning
  }
}
