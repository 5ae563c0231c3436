import type { Connections } from "./connections.js"
import { quoted } from "./tables.js"

/** How often it is looked at most whether it is time for the next table of ids, in milliseconds. */
const lookEveryMs = 60_000

/**
 * Forgets the ids of updates that were put long ago: a table of them at a time. It is looked whether
 * it is time when updates are put, as nothing grows otherwise.
 */
export class IdRotation {
  readonly #connections: Connections
  readonly #statement: string
  readonly #rememberMs: number
  #lookAtMs = -Infinity
  #looking: Promise<void> | undefined

  constructor(connections: Connections, schema: string, rememberMs: number) {
    this.#connections = connections
    this.#rememberMs = rememberMs
    this.#statement = `SELECT ${quoted(schema)}.rotate($1)`
  }

  /** Updates were put. */
  added(): void {
    const nowMs = performance.now()
    if (nowMs < this.#lookAtMs || this.#looking) return
    this.#lookAtMs = nowMs + Math.min(lookEveryMs, this.#rememberMs / 4)
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
    })
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    await this.#looking
  }

  async #look(): Promise<void> {
    try {
      await this.#connections.ask(this.#statement, [this.#rememberMs])
    } catch {
      // Somebody has read a table for long, or the database is away: the next look does it.
    }
  }
}
