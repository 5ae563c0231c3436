import type { PoolConnections } from "./pool-connections.js"
import { quoted } from "./tables.js"

/** The shortest time between two runs, in milliseconds. */
const runEveryMs = 60_000
/** The number of expired values that the database deletes in one transaction. */
const sweptAtOnce = 1_000
/** The maximum number of transactions of one run that delete expired values. */
const maxSweeps = 100

/**
 * The upkeep of the tables: forgets the ids of old updates, one table at a time, and deletes expired
 * values of the state. Runs after puts only, because without puts the tables do not grow.
 */
export class Upkeep {
  readonly #connections: PoolConnections
  readonly #schema: string
  readonly #rememberMs: number
  #nextRunMs = -Infinity
  #running: Promise<unknown> | undefined
  #isClosed = false

  constructor(connections: PoolConnections, schema: string, rememberMs: number) {
    this.#connections = connections
    this.#schema = quoted(schema)
    this.#rememberMs = rememberMs
  }

  /** Starts a run, unless a run has started shortly before. Called after puts. */
  onUpdatesStored(): void {
    const nowMs = performance.now()
    if (nowMs < this.#nextRunMs || this.#running) return
    this.#nextRunMs = nowMs + Math.min(runEveryMs, this.#rememberMs / 4)
    this.#running = Promise.allSettled([this.#rotate(), this.#sweep()]).finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves when no run is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  /**
   * Begins the next table of ids if it is due. Rejects if a long transaction still reads one of the
   * tables, or if the database cannot be used; the next run tries again.
   */
  async #rotate(): Promise<void> {
    await this.#connections.query(`SELECT ${this.#schema}.rotate($1)`, [this.#rememberMs])
  }

  /** Deletes expired values. Rejects if the database cannot be used; the next run tries again. */
  async #sweep(): Promise<void> {
    let swept = sweptAtOnce
    for (let count = 0; count < maxSweeps && swept >= sweptAtOnce && !this.#isClosed; count++) {
      const [row] = await this.#connections.query<{ swept: number }>(
        `SELECT ${this.#schema}.sweep_state($1) AS swept`,
        [sweptAtOnce],
      )
      swept = row?.swept ?? 0
    }
  }
}
