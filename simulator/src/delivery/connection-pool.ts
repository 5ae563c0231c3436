import { Fifo } from "../ground/fifo.js"
import type { WebhookResponse } from "./response-reader.js"
import type { ConnectionEvents, WebhookConnection } from "./webhook-connection.js"

/** Options of a pool; `Load` is the type of a request in flight. */
export interface PoolOptions<Load> {
  /** Opens a connection. */
  readonly connect: (events: ConnectionEvents) => WebhookConnection
  /** A connection has brought an answer; no load where it carried none. */
  readonly answered: (load: Load | undefined, response: WebhookResponse) => void
  /** A connection is gone, with what it carried. */
  readonly closed: (load: Load | undefined, error: string | undefined) => void
}

interface Slot<Load> {
  /** Which address it goes to: later ones have a larger number. */
  readonly generation: number
  connection: WebhookConnection | undefined
  load: Load | undefined
}

/** The connections of a webhook. Of those that are idle the one that has waited longest is used. */
export class ConnectionPool<Load> {
  readonly #options: PoolOptions<Load>
  readonly #slots = new Set<Slot<Load>>()
  readonly #idle = new Fifo<Slot<Load>>()
  #generation = 0

  constructor(options: PoolOptions<Load>) {
    this.#options = options
  }

  /** The number of connections. */
  get size(): number {
    return this.#slots.size
  }

  /** Whether one of them is in the middle of an exchange. */
  get isBusy(): boolean {
    for (const { connection } of this.#slots) if (connection?.isBusy) return true
    return false
  }

  /** Whether a request can be sent at once. */
  get hasIdle(): boolean {
    this.#dropClosed()
    return this.#idle.first !== undefined
  }

  /** Opens one more. */
  open(): void {
    const generation = this.#generation
    const slot: Slot<Load> = { generation, connection: undefined, load: undefined }
    this.#slots.add(slot)
    this.#idle.push(slot)
    slot.connection = this.#options.connect({
      answered: (response) => this.#answered(slot, response),
      closed: (error) => this.#closed(slot, error),
    })
  }

  /** Sends a request on an idle connection; there has to be one. */
  send(load: Load, request: string): void {
    const slot = this.#idle.shift()
    if (slot === undefined) throw new Error("There is no idle connection")
    slot.load = load
    slot.connection?.send(request)
  }

  /** The server has another address: connections to the old one end with their next answer. */
  moved(): void {
    this.#generation += 1
  }

  /** Drops all connections without a word. */
  close(): void {
    for (const { connection } of this.#slots) connection?.close()
    this.#slots.clear()
  }

  #answered(slot: Slot<Load>, response: WebhookResponse): void {
    const { load } = slot
    slot.load = undefined
    if (slot.generation !== this.#generation) {
      this.#slots.delete(slot)
      slot.connection?.close()
    } else if (response.keepAlive) this.#idle.push(slot)
    this.#options.answered(load, response)
  }

  #closed(slot: Slot<Load>, error: string | undefined): void {
    this.#slots.delete(slot)
    this.#dropClosed()
    this.#options.closed(slot.load, error)
  }

  // Those that were closed while they were idle, as far as they are at the front.
  #dropClosed(): void {
    for (;;) {
      const slot = this.#idle.first
      if (slot === undefined || this.#slots.has(slot)) return
      this.#idle.shift()
    }
  }
}
