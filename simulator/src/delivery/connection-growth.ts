/** A token bucket: allows `burst` events at once, then one every `everyMs`. */
class Bucket {
  readonly #burst: number
  readonly #everyMs: number
  #freeAt = Number.NEGATIVE_INFINITY

  constructor(burst: number, everyMs: number) {
    this.#burst = burst
    this.#everyMs = everyMs
  }

  /** The time of the next allowed event, in milliseconds. */
  get nextAt(): number {
    return this.#freeAt - (this.#burst - 1) * this.#everyMs
  }

  add(now: number): void {
    this.#freeAt = Math.max(this.#freeAt, now) + this.#everyMs
  }
}

/** The values that determine the number of connections. */
export interface Demand {
  /** The number of sub-queues in memory. */
  readonly subQueues: number
  /** The number of open connections. */
  readonly connections: number
  /** The current time, in milliseconds. */
  readonly now: number
}

/**
 * The rule for opening connections of a webhook. While the last 2xx is less than ten seconds old,
 * there is one connection per sub-queue; otherwise only one, opened at most once in two seconds.
 */
export class ConnectionGrowth {
  readonly #maxConnections: number
  readonly #active = new Bucket(10, 50)
  readonly #pending = new Bucket(1, 2000)
  #hasConnected: boolean
  #lastSuccess = Number.NEGATIVE_INFINITY

  /**
   * @param options.hasConnected false for a new webhook, which opens a connection at once as a test
   */
  constructor(options: { maxConnections: number; hasConnected?: boolean }) {
    this.#maxConnections = options.maxConnections
    this.#hasConnected = options.hasConnected ?? false
  }

  /** Records a 2xx response. */
  succeeded(now: number): void {
    this.#lastSuccess = now
  }

  /**
   * Opens the connections that are due. Returns the time of the next check, or `undefined` if no
   * more are needed.
   */
  open(demand: Demand, connect: () => void): number | undefined {
    const { now } = demand
    const isActive = this.#lastSuccess + 10_000 >= now
    const bucket = isActive ? this.#active : this.#pending
    const missing = this.#needed(demand.subQueues, isActive) - demand.connections
    for (let opened = 0; opened < missing; opened++) {
      if (now < bucket.nextAt) return bucket.nextAt
      bucket.add(now)
      this.#hasConnected = true
      connect()
    }
    return undefined
  }

  #needed(subQueues: number, isActive: boolean): number {
    const needed = this.#hasConnected ? Math.min(subQueues, this.#maxConnections) : 1
    return isActive ? Math.max(needed, 1) : Math.min(needed, 1)
  }
}
