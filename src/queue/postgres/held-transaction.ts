import type { HeldLock } from "../../ground/standby-lock.js"
import type { PostgresClient } from "./postgres-pool.js"

/** The options of a {@link HeldTransaction}. */
export interface HeldTransactionOptions {
  /** The time when the database was asked for the lock, on the clock of `performance.now`. */
  readonly askedAtMs: number
  /** The time without a statement after which the database ends the transaction, in milliseconds. */
  readonly leaseMs: number
}

/**
 * A lock that lasts as long as an open transaction. Five statements per lease show the database that
 * this process lives, and show this process that the transaction is still open.
 */
export class HeldTransaction implements HeldLock {
  readonly #client: PostgresClient
  readonly #leaseMs: number
  readonly #lost = new AbortController()
  readonly #timer: ReturnType<typeof setInterval>
  readonly #onError = (error: Error) => this.#lose(error)
  readonly #onEnd = () => this.#lose(new Error("The connection to PostgreSQL was closed"))
  /** The time when the last successful statement was sent. */
  #confirmedAtMs: number
  #isOver = false

  constructor(client: PostgresClient, options: HeldTransactionOptions) {
    this.#client = client
    this.#leaseMs = options.leaseMs
    this.#confirmedAtMs = options.askedAtMs
    client.on("error", this.#onError)
    client.on("end", this.#onEnd)
    this.#timer = setInterval(() => void this.#confirm(), options.leaseMs / 5)
  }

  /** True if the database has confirmed the lock within half of the lease. */
  get isHeld(): boolean {
    return !this.#isOver && performance.now() - this.#confirmedAtMs < this.#leaseMs / 2
  }

  /**
   * A signal that aborts when the connection is lost, or when the database has not answered for half of
   * the lease.
   */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Ends the transaction, and with it the lock. */
  async release(): Promise<void> {
    if (this.#isOver) return
    this.#end()
    const timeout = new Promise((_, reject) => {
      setTimeout(reject, this.#leaseMs / 2).unref()
    })
    try {
      await Promise.race([this.#client.query("ROLLBACK"), timeout])
      this.#client.removeListener("error", this.#onError)
      this.#client.removeListener("end", this.#onEnd)
      this.#client.release()
    } catch {
      this.#client.release(true)
    }
  }

  async #confirm(): Promise<void> {
    if (!this.isHeld) return this.#lose(new Error("PostgreSQL has not answered in time"))
    const sentAtMs = performance.now()
    try {
      await this.#client.query("SELECT 1")
      this.#confirmedAtMs = sentAtMs
    } catch (error) {
      this.#lose(error)
    }
  }

  #lose(reason: unknown): void {
    if (this.#isOver) return
    this.#end()
    this.#lost.abort(reason)
    this.#client.release(true)
  }

  #end(): void {
    this.#isOver = true
    clearInterval(this.#timer)
  }
}
