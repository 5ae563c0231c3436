import type { QueueTransaction } from "../update-queue.js"
import type { Connections } from "./connections.js"
import { LeaseLost } from "./lease-lost.js"
import type { PostgresClient } from "./postgres-pool.js"
import { crashPoint } from "./crash-points.js"
import type { Ending, HeldUpdate } from "./held-update.js"

/** What a transaction needs of its queue. */
export interface TransactionStore {
  readonly connections: Connections
  /** Writes an ending over a connection; rejects with `LeaseLost` where it must not be. */
  write(client: PostgresClient, ending: Ending): Promise<void>
  /** A delivery has ended, and its lane is open. */
  ended(delivery: HeldUpdate): void
}

/**
 * A transaction of the user's over a connection of its own. It marks its update as done as the last
 * thing before it commits, so that its locks on the queue are short, however long the handler runs.
 */
export class PostgresTransaction {
  readonly #store: TransactionStore
  #client: Promise<PostgresClient> | undefined
  #given: QueueTransaction | undefined
  #isOver = false

  constructor(store: TransactionStore) {
    this.#store = store
  }

  /** Begins, if it has not begun, and answers the connection. */
  async begin(): Promise<QueueTransaction> {
    const client = await (this.#client ??= this.#begin())
    return (this.#given ??= this.#guarded(client))
  }

  /** Marks the update as done and commits. Rejects where nothing, or perhaps nothing, was committed. */
  async commit(ending: Ending): Promise<void> {
    const { connections } = this.#store
    this.#isOver = true
    const client = await this.#client
    if (!client) return
    try {
      await connections.within(this.#store.write(client, ending))
      crashPoint("transaction: update done")
      await connections.within(client.query("COMMIT"))
      crashPoint("transaction: committed")
      connections.giveBack(client)
    } catch (error) {
      // Closing the connection rolls back.
      connections.giveBack(client, true)
      throw error instanceof LeaseLost ? error : connections.failure(error)
    }
  }

  /** Undoes all that was written. Never rejects: a connection that is closed has rolled back. */
  async rollBack(): Promise<void> {
    const { connections } = this.#store
    if (this.#isOver) return
    this.#isOver = true
    const client = await this.#client?.catch(() => undefined)
    if (!client) return
    try {
      await connections.within(client.query("ROLLBACK"))
      connections.giveBack(client)
    } catch {
      connections.giveBack(client, true)
    }
  }

  /** The connection, which goes back to the pool: what comes later must not reach it. */
  #guarded(client: PostgresClient): QueueTransaction {
    const get = (target: PostgresClient, name: string | symbol) => {
      if (this.#isOver) throw transactionOver()
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    }
    return new Proxy(client, { get })
  }

  async #begin(): Promise<PostgresClient> {
    const { connections } = this.#store
    const client = await connections.lend()
    try {
      await connections.within(client.query("BEGIN ISOLATION LEVEL READ COMMITTED"))
      crashPoint("transaction: begun")
      return client
    } catch (error) {
      connections.giveBack(client, true)
      throw connections.failure(error)
    }
  }
}

/** The `TypeError` for a handler that writes when nothing can be written together with its update. */
export function transactionOver(): TypeError {
  return new TypeError(
    "Expected the transaction to be used before its update has ended: await what is written in the " +
      "handler. It also ends where a handler has thrown or was told to end.",
  )
}
