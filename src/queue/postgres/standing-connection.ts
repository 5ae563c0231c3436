import { QueueClosed } from "../queue-closed.js"
import { type Connections, ignore, query } from "./connections.js"
import type { PostgresClient, PostgresResult } from "./postgres-pool.js"

/**
 * One connection that is kept for one purpose, so that nothing else can use up the pool before it.
 * It is opened when it is first needed, and another when it was lost. A statement is sent when the
 * one before it is answered.
 */
export class StandingConnection {
  readonly #connections: Connections
  #lending: Promise<PostgresClient> | undefined
  #client: PostgresClient | undefined
  #isClosed = false
  /** Resolves when what the connection was asked last is over. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Sends one statement, and answers its rows. Rejects with a `StorageError`. */
  async ask<Row>(text: string, values: unknown[]): Promise<readonly Row[]> {
    const client = this.#client ?? (await this.#open())
    const answer = this.#last.then(() => this.#send(client, text, values))
    this.#last = answer.catch(ignore)
    try {
      const { rows } = await this.#connections.within(answer)
      // The statements of this queue answer what they say.
      return rows as readonly Row[]
    } catch (error) {
      const failure = this.#connections.failure(error)
      this.#drop(client, true)
      throw failure
    }
  }

  /** Gives the connection back to the pool, and opens no other. */
  close(): void {
    this.#isClosed = true
    if (this.#client) this.#drop(this.#client, false)
  }

  #send(client: PostgresClient, text: string, values: unknown[]): Promise<PostgresResult> {
    // It may have been given back since, and serve somebody else.
    if (client !== this.#client) throw new Error("The connection has ended")
    return query(client, text, values)
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

  readonly #lost = (): void => {
    if (this.#client) this.#drop(this.#client, true)
  }

  #drop(client: PostgresClient, isBroken: boolean): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#connections.giveBack(client, isBroken, { error: this.#lost })
  }
}
