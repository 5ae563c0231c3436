import type { Connections } from "./connections.js"
import { quoted } from "./tables.js"

/** The shortest time between two checks whether the next table of ids is due, in milliseconds. */
const checkEveryMs = 60_000

/**
 * The rotation of the tables of ids, which forgets the ids of old updates one table at a time. Whether
 * the next table is due is checked after puts only, because without puts the tables do not grow.
 */
export class IdRotation {
  readonly #connections: Connections
  readonly #statement: string
  readonly #rememberMs: number
  #nextCheckMs = -Infinity
  #checking: Promise<void> | undefined

  constructor(connections: Connections, schema: string, rememberMs: number) {
    this.#connections = connections
    this.#rememberMs = rememberMs
    this.#statement = `SELECT ${quoted(schema)}.rotate($1)`
  }

  /**
   * Checks whether the next table is due, unless the last check was shortly before. Called after puts.
   */
  updatesStored(): void {
    const nowMs = performance.now()
    if (nowMs < this.#nextCheckMs || this.#checking) return
    this.#nextCheckMs = nowMs + Math.min(checkEveryMs, this.#rememberMs / 4)
    this.#checking = this.#check().finally(() => {
      this.#checking = undefined
    })
  }

  /** Resolves when no check is under way. */
  async close(): Promise<void> {
    await this.#checking
  }

  async #check(): Promise<void> {
    try {
      await this.#connections.query(this.#statement, [this.#rememberMs])
    } catch {
      // A long transaction still reads one of the tables, or the database cannot be used. The next
      // check tries again.
    }
  }
}
