import { Backoff } from "../../ground/backoff.js"
import { Timer } from "../../ground/timer.js"
import { hear, ignore } from "./connections.js"
import type { PostgresClient, PostgresPool } from "./postgres-pool.js"
import { quoted } from "./tables.js"

/** How often it is tried whether the connection still carries something, in milliseconds. */
const tryMs = 15_000

/**
 * Is told by the database of new updates, over a connection that must not go through a pool that
 * lends it to others in between. While it cannot be had, it is tried again and again.
 */
export class Listener {
  readonly #pool: PostgresPool
  readonly #channel: string
  readonly #told: () => void
  readonly #backoff = new Backoff({ maxMs: 10_000 })
  #client: PostgresClient | undefined
  #timer: Timer | undefined
  #opening: Promise<void> | undefined
  #isClosed = false

  /** @param told called when there may be updates */
  constructor(pool: PostgresPool, channel: string, told: () => void) {
    this.#pool = pool
    this.#channel = channel
    this.#told = told
    hear(pool)
    this.#open()
  }

  /** Whether it listens at this moment. */
  get isListening(): boolean {
    return this.#client !== undefined
  }

  /** Listens no more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.stop()
    await this.#opening
    this.#drop()
  }

  #open(): void {
    this.#opening = this.#listen().catch(() => this.#lost())
  }

  async #listen(): Promise<void> {
    const client = await this.#pool.connect()
    client.on("error", ignore)
    client.on("error", this.#lost)
    client.on("end", this.#lost)
    client.on("notification", this.#told)
    try {
      await client.query(`LISTEN ${quoted(this.#channel)}`)
    } catch (error) {
      client.release(true)
      throw error
    }
    this.#client = client
    this.#backoff.reset()
    if (this.#isClosed) return
    this.#told()
    this.#tryLater()
  }

  /** A connection that is cut somewhere on its way says nothing of it until something is sent. */
  #tryLater(): void {
    this.#timer = new Timer(() => {
      const end = new Timer(this.#lost, tryMs)
      this.#client
        ?.query("SELECT")
        .then(() => !this.#isClosed && this.#client && this.#tryLater(), this.#lost)
        .finally(() => end.stop())
    }, tryMs)
  }

  readonly #lost = (): void => {
    this.#drop()
    this.#timer?.stop()
    if (!this.#isClosed) this.#timer = new Timer(() => this.#open(), this.#backoff.next())
  }

  #drop(): void {
    const client = this.#client
    if (!client) return
    this.#client = undefined
    client.removeListener("error", this.#lost)
    client.removeListener("end", this.#lost)
    client.removeListener("notification", this.#told)
    client.release(true)
  }
}
