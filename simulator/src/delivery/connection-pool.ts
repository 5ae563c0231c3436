import { Fifo } from "../ground/fifo.js"
import type { WebhookResponse } from "./response-reader.js"
import type { ConnectionEvents, WebhookConnection } from "./webhook-connection.js"

/** Options of a {@link ConnectionPool}; `Load` is the type of a request in flight. */
export interface PoolOptions<Load> {
  /** Opens a connection. */
  readonly connect: (events: ConnectionEvents) => WebhookConnection
  /** Called with a response; `load` is `undefined` if the connection carried no request. */
  readonly answered: (load: Load | undefined, response: WebhookResponse) => void
  /**
   * Called when a connection has closed, with its request in flight, if any, and the error, if any.
   */
  readonly closed: (load: Load | undefined, error: string | undefined) => void
}

interface Slot<Load> {
  /** The number of the address that the connection goes to; later addresses have larger numbers. */
  readonly generation: number
  connection: WebhookConnection | undefined
  load: Load | undefined
}

/**
 * The connections of a webhook. A request uses the connection that has been idle for the longest
 * time.
 */
export class ConnectionPool<Load> {
  readonly #options: PoolOptions<Load>
  readonly #slots = new Set<Slot<Load>>()
  readonly #idle = new Fifo<Slot<Load>>()
  #generation = 0

  constructor(options: PoolOptions<Load>) {
    this.#options = options
  }

  /** The number of open connections. */
  get size(): number {
    return this.#slots.size
  }

  /** Whether a connection is in the middle of an exchange. */
  get isBusy(): boolean {
    for (const { connection } of this.#slots) if (connection?.isBusy) return true
    return false
  }

  /** Whether an idle connection is available. */
  get hasIdle(): boolean {
    this.#dropClosed()
    return this.#idle.first !== undefined
  }

  /** Opens a connection. */
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

  /** Sends a request on an idle connection. The caller checks `hasIdle` first. */
  send(load: Load, request: string): void {
    const slot = this.#idle.shift()
    if (slot === undefined) throw new Error("There is no idle connection")
    slot.load = load
    slot.connection?.send(request)
  }

  /**
   * Handles a change of the server's address: connections to the old address close after their next
   * response.
   */
  moved(): void {
    this.#generation += 1
  }

  /** Closes all connections without reports. */
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

  // Removes closed connections from the front of the idle list.
  #dropClosed(): void {
    for (;;) {
      const slot = this.#idle.first
      if (slot === undefined || this.#slots.has(slot)) return
      this.#idle.shift()
    }
  }
}
