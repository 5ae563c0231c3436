import { Backoff } from "../../ground/backoff.js"
import { Timer } from "../../ground/timer.js"
import type { Connections } from "./connections.js"
import type { PostgresClient } from "./postgres-pool.js"
import { quoted } from "./tables.js"

/** How often it is tried whether the connection still carries something, in milliseconds. */
const tryMs = 15_000

/**
 * Is told by the database of new updates, over a connection that must not go through a pool that
 * lends it to others in between. While it cannot be had, it is tried again and again.
 */
export class Listener {
  readonly #connections: Connections
  readonly #channel: string
  readonly #told: (hops: number) => void
  readonly #backoff = new Backoff({ maxMs: 10_000 })
  #client: PostgresClient | undefined
  #timer: Timer | undefined
  #opening: Promise<void> | undefined
  #isClosed = false

  /** @param told called when there may be updates, with how often that has been passed on */
  constructor(connections: Connections, channel: string, told: (hops: number) => void) {
    this.#connections = connections
    this.#channel = channel
    this.#told = told
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
    const client = await this.#connections.lendAsItIs()
    try {
      client.on("error", this.#lost)
      client.on("end", this.#lost)
      client.on("notification", this.#heard)
      await this.#connections.askOver(client, `LISTEN ${quoted(this.#channel)}`)
    } catch (error) {
      this.#connections.giveBack(client, true, this.#listeners)
      throw error
    }
    this.#client = client
    this.#backoff.reset()
    if (this.#isClosed) return
    this.#told(0)
    this.#tryLater()
  }

  /** A connection that is cut somewhere on its way says nothing of it until something is sent. */
  #tryLater(): void {
    this.#timer = new Timer(() => {
      if (!this.#client) return
      const trying = this.#connections.askOver(this.#client, "SELECT")
      trying.then(() => !this.#isClosed && this.#client && this.#tryLater(), this.#lost)
    }, tryMs)
  }

  readonly #heard = (notification: unknown): void => {
    // What `pg` tells of a notification.
    const { payload } = (notification ?? {}) as { payload?: unknown }
    this.#told(Number(payload) || 0)
  }

  readonly #lost = (): void => {
    this.#drop()
    this.#timer?.stop()
    if (!this.#isClosed) this.#timer = new Timer(() => this.#open(), this.#backoff.next())
  }

  get #listeners() {
    return { error: this.#lost, end: this.#lost, notification: this.#heard }
  }

  #drop(): void {
    const client = this.#client
    if (!client) return
    this.#client = undefined
    this.#connections.giveBack(client, true, this.#listeners)
  }
}
