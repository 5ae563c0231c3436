import { QueueClosed } from "../queue-closed.js"
import { type PoolConnections, ignoreError, sendStatement } from "./pool-connections.js"
import type { PostgresClient, PostgresResult } from "./postgres-pool.js"

/**
 * A connection that is reserved for one purpose, so that other users of the pool cannot take it. It is
 * opened when it is first needed, and again after it was lost. Statements are sent one at a time: each
 * waits for the result of the statement before.
 */
export class StandingConnection {
  readonly #connections: PoolConnections
  #lending: Promise<PostgresClient> | undefined
  #client: PostgresClient | undefined
  #isClosed = false
  /** Settles when the last statement has ended. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(connections: PoolConnections) {
    this.#connections = connections
  }

  /** Sends a statement and returns the rows. Rejects with a `StorageError`. */
  async query<Row>(text: string, values: unknown[]): Promise<readonly Row[]> {
    const client = this.#client ?? (await this.#open())
    const result = this.#last.then(() => this.#send(client, text, values))
    this.#last = result.catch(ignoreError)
    try {
      const { rows } = await this.#connections.withTimeout(result)
      // The caller states the columns of its own statement.
      return rows as readonly Row[]
    } catch (error) {
      const failure = this.#connections.toStorageError(error)
      this.#drop(client, true)
      throw failure
    }
  }

  /** Gives the connection back to the pool. Later statements reject. */
  close(): void {
    this.#isClosed = true
    if (this.#client) this.#drop(this.#client, false)
  }

  #send(client: PostgresClient, text: string, values: unknown[]): Promise<PostgresResult> {
    // The connection may have been given back in the meantime. Another user of the pool may have it
    // now.
    if (client !== this.#client) throw new Error("The connection has ended")
    return sendStatement(client, text, values)
  }

  async #open(): Promise<PostgresClient> {
    if (this.#isClosed) throw new QueueClosed()
    const lending = (this.#lending ??= this.#connections.lend())
    try {
      const client = await lending
      if (this.#isClosed) {
        if (this.#lending === lending) this.#connections.giveBack(client)
        throw new QueueClosed()
      }
      if (this.#lending === lending) {
        this.#client = client
        this.#last = Promise.resolve()
        client.on("error", this.#lost)
      }
      return client
    } finally {
      if (this.#lending === lending) this.#lending = undefined
    }
  }

  /** Called when the connection has failed. The next statement opens another connection. */
  readonly #lost = (): void => {
    if (this.#client) this.#drop(this.#client, true)
  }

  #drop(client: PostgresClient, isBroken: boolean): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#connections.giveBack(client, isBroken, { error: this.#lost })
  }
}
