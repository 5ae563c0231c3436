import { Backoff } from "../../ground/backoff.js"
import { Timer } from "../../ground/timer.js"
import type { PoolConnections } from "./pool-connections.js"
import type { PostgresClient } from "./postgres-pool.js"
import { quoted } from "./tables.js"

/** The time between two checks whether the connection still works, in milliseconds. */
const checkEveryMs = 15_000

/**
 * A subscription to notifications about new updates, over a connection of its own. The connection must
 * reach the database directly: a pooler such as pgbouncer would lend it to other clients between two
 * statements. A lost connection is opened again, with exponential backoff.
 */
export class Listener {
  readonly #connections: PoolConnections
  readonly #channel: string
  readonly #onUpdates: (hops: number) => void
  readonly #onArrivals: (payload: string) => void
  readonly #backoff = new Backoff({ maxMs: 10_000 })
  #client: PostgresClient | undefined
  #timer: Timer | undefined
  #opening: Promise<void> | undefined
  #isClosed = false

  /**
   * @param onUpdates called when there may be new updates, with the number of workers that have passed
   *   the notification on
   * @param onArrivals called when updates have entered lanes of this process, with the notification's payload
   */
  constructor(
    connections: PoolConnections,
    channel: string,
    onUpdates: (hops: number) => void,
    onArrivals: (payload: string) => void,
  ) {
    this.#connections = connections
    this.#channel = channel
    this.#onUpdates = onUpdates
    this.#onArrivals = onArrivals
    this.#open()
  }

  /** True while the connection is subscribed. */
  get isListening(): boolean {
    return this.#client !== undefined
  }

  /** Ends the subscription. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.stop()
    await this.#opening
    this.#drop()
  }

  #open(): void {
    this.#opening = this.#listen().catch(() => this.#onLost())
  }

  async #listen(): Promise<void> {
    const client = await this.#connections.lendUnchecked()
    try {
      client.on("error", this.#onLost)
      client.on("end", this.#onLost)
      client.on("notification", this.#onNotification)
      await this.#connections.queryOn(client, `LISTEN ${quoted(this.#channel)}`)
    } catch (error) {
      this.#connections.giveBack(client, true, this.#listeners)
      throw error
    }
    this.#client = client
    this.#backoff.reset()
    if (this.#isClosed) return
    // Updates may have been put while no connection was subscribed.
    this.#onUpdates(0)
    this.#checkLater()
  }

  /**
   * Checks the connection later. A connection that is lost between the two machines shows no error
   * until a statement is sent.
   */
  #checkLater(): void {
    this.#timer = new Timer(() => {
      if (!this.#client) return
      // A ping: a `SELECT` without columns.
      const check = this.#connections.queryOn(this.#client, "SELECT")
      check.then(() => !this.#isClosed && this.#client && this.#checkLater(), this.#onLost)
    }, checkEveryMs)
  }

  readonly #onNotification = (notification: unknown): void => {
    // The notification of `pg` has this field.
    const { payload } = (notification ?? {}) as { payload?: unknown }
    if (typeof payload === "string" && payload.startsWith("[")) this.#onArrivals(payload)
    else this.#onUpdates(Number(payload) || 0)
  }

  readonly #onLost = (): void => {
    this.#drop()
    this.#timer?.stop()
    if (!this.#isClosed) this.#timer = new Timer(() => this.#open(), this.#backoff.next())
  }

  get #listeners() {
    return { error: this.#onLost, end: this.#onLost, notification: this.#onNotification }
  }

  #drop(): void {
    const client = this.#client
    if (!client) return
    this.#client = undefined
    this.#connections.giveBack(client, true, this.#listeners)
  }
}
