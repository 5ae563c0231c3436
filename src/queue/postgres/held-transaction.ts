import type { HeldLock } from "../../ground/standby-lock.js"
import type { PostgresClient } from "./postgres-pool.js"

/** What a {@link HeldTransaction} is told. */
export interface HeldTransactionOptions {
  /** When the database was asked for the lock, on the clock of `performance.now`. */
  readonly askedAtMs: number
  /** After how long without a statement the database ends the transaction. */
  readonly leaseMs: number
}

/**
 * A lock that an open transaction holds. A statement now and then shows the database that this
 * process lives, and this process that the database still has the transaction.
 */
export class HeldTransaction implements HeldLock {
  readonly #client: PostgresClient
  readonly #leaseMs: number
  readonly #lost = new AbortController()
  readonly #timer: ReturnType<typeof setInterval>
  readonly #onError = (error: Error) => this.#lose(error)
  readonly #onEnd = () => this.#lose(new Error("The connection to PostgreSQL was closed"))
  /** When the last statement that was answered had been sent. */
  #confirmedAtMs: number
  #isOver = false

  constructor(client: PostgresClient, options: HeldTransactionOptions) {
    this.#client = client
    this.#leaseMs = options.leaseMs
    this.#confirmedAtMs = options.askedAtMs
    client.on("error", this.#onError)
    client.on("end", this.#onEnd)
    this.#timer = setInterval(() => void this.#beat(), options.leaseMs / 5)
  }

  /** Whether the database has confirmed it within half of the lease. */
  get isHeld(): boolean {
    return !this.#isOver && performance.now() - this.#confirmedAtMs < this.#leaseMs / 2
  }

  /** Aborts when the connection is lost, or the database has not answered for half of the lease. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Ends the transaction, and with it the lock. */
  async release(): Promise<void> {
    if (this.#isOver) return
    this.#end()
    const enough = new Promise((_, reject) => {
      setTimeout(reject, this.#leaseMs / 2).unref()
    })
    try {
      await Promise.race([this.#client.query("ROLLBACK"), enough])
      this.#client.removeListener("error", this.#onError)
      this.#client.removeListener("end", this.#onEnd)
      this.#client.release()
    } catch {
      this.#client.release(true)
    }
  }

  async #beat(): Promise<void> {
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
