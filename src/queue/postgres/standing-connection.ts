import type { Connections } from "./connections.js"
import type { PostgresClient } from "./postgres-pool.js"

/**
 * One connection that is kept for one purpose, so that nothing else can use up the pool before it.
 * It is opened when it is first needed, and another when it was lost.
 */
export class StandingConnection {
  readonly #connections: Connections
  #lending: Promise<PostgresClient> | undefined
  #client: PostgresClient | undefined

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Sends one statement, and answers its rows. Rejects with a `StorageError`. */
  async ask<Row>(text: string, values: unknown[]): Promise<readonly Row[]> {
    const client = this.#client ?? (await this.#open())
    try {
      const { rows } = await this.#connections.within(client.query(text, values))
      // The statements of this queue answer what they say.
      return rows as readonly Row[]
    } catch (error) {
      const failure = this.#connections.failure(error)
      this.#drop(client, true)
      throw failure
    }
  }

  /** Gives the connection back to the pool. */
  close(): void {
    if (this.#client) this.#drop(this.#client, false)
  }

  async #open(): Promise<PostgresClient> {
    const lending = (this.#lending ??= this.#connections.lend())
    try {
      const client = await lending
      if (this.#lending === lending) {
        this.#client = client
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
    client.removeListener("error", this.#lost)
    this.#connections.giveBack(client, isBroken)
  }
}
