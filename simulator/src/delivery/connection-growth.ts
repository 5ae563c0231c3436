/** Lets `burst` events through at once, then one every `everyMs`. */
class Bucket {
  readonly #burst: number
  readonly #everyMs: number
  #freeAt = Number.NEGATIVE_INFINITY

  constructor(burst: number, everyMs: number) {
    this.#burst = burst
    this.#everyMs = everyMs
  }

  /** When the next event may happen, in milliseconds. */
  get nextAt(): number {
    return this.#freeAt - (this.#burst - 1) * this.#everyMs
  }

  add(now: number): void {
    this.#freeAt = Math.max(this.#freeAt, now) + this.#everyMs
  }
}

/** The state on which the number of connections depends. */
export interface Demand {
  /** The number of sub-queues that are loaded. */
  readonly subQueues: number
  /** The number of connections. */
  readonly connections: number
  /** Milliseconds. */
  readonly now: number
}

/**
 * Decides when a webhook gets another connection. Only while the last 2xx is less than ten seconds
 * old are there as many as sub-queues; otherwise one, and at most one attempt in two seconds.
 */
export class ConnectionGrowth {
  readonly #maxConnections: number
  readonly #active = new Bucket(10, 50)
  readonly #pending = new Bucket(1, 2000)
  #hasConnected: boolean
  #lastSuccess = Number.NEGATIVE_INFINITY

  /** @param options.hasConnected false where the webhook is new: it opens a connection to try */
  constructor(options: { maxConnections: number; hasConnected?: boolean }) {
    this.#maxConnections = options.maxConnections
    this.#hasConnected = options.hasConnected ?? false
  }

  /** A 2xx has come. */
  succeeded(now: number): void {
    this.#lastSuccess = now
  }

  /** Opens as many connections as are due. Returns when to ask again, if more are wanted. */
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
