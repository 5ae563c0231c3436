import type { QueueTransaction } from "../update-queue.js"
import type { PoolConnections } from "./pool-connections.js"
import { LeaseLost } from "./lease-lost.js"
import { StateConflict } from "../state-store.js"
import type { PostgresClient } from "./postgres-pool.js"
import { postgresCrashPoint } from "./crash-points.js"
import type { Ending, HeldUpdate } from "./held-update.js"

/** The part of the queue that a transaction needs. */
export interface TransactionStore {
  readonly connections: PoolConnections
  /**
   * Writes an ending over a connection. Rejects with `LeaseLost` if the update is no longer this worker's,
   * and with a `StateConflict` if its writes conflict.
   */
  write(client: PostgresClient, ending: Ending): Promise<void>
  /** Records that a delivery has ended and its lane is open. */
  ended(delivery: HeldUpdate): void
}

/**
 * A handler's transaction over a connection of its own. The end of the delivery is written by the last
 * statement before the commit, so that the rows of the queue are locked only briefly, however long the
 * handler runs.
 */
export class PostgresTransaction {
  readonly #store: TransactionStore
  #client: Promise<PostgresClient> | undefined
  /** The proxy of the connection that the handler uses. */
  #guardedClient: QueueTransaction | undefined
  #isOver = false

  constructor(store: TransactionStore) {
    this.#store = store
  }

  /** Begins the transaction at the first call, and returns the connection. */
  async begin(): Promise<QueueTransaction> {
    const client = await (this.#client ??= this.#begin())
    return (this.#guardedClient ??= this.#guarded(client))
  }

  /**
   * Writes the end of the update and commits. Rejects if the transaction was not committed, or if its outcome
   * is unknown. After a `StateConflict` the transaction has been rolled back.
   */
  async commit(ending: Ending): Promise<void> {
    const { connections } = this.#store
    this.#isOver = true
    const client = await this.#client
    if (!client) return
    try {
      await connections.withTimeout(this.#store.write(client, ending))
      postgresCrashPoint("transaction: update done")
      await connections.withTimeout(client.query("COMMIT"))
      postgresCrashPoint("transaction: committed")
      connections.giveBack(client)
    } catch (error) {
      if (error instanceof StateConflict) {
        await this.#rollBack(client)
        throw error
      }
      // Closing the connection rolls back.
      connections.giveBack(client, true)
      throw error instanceof LeaseLost ? error : connections.toStorageError(error)
    }
  }

  /** Rolls back. Never rejects: a connection that cannot roll back is closed, which rolls back, too. */
  async rollBack(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    const client = await this.#client?.catch(() => undefined)
    if (client) await this.#rollBack(client)
  }

  async #rollBack(client: PostgresClient): Promise<void> {
    const { connections } = this.#store
    try {
      await connections.withTimeout(client.query("ROLLBACK"))
      connections.giveBack(client)
    } catch {
      connections.giveBack(client, true)
    }
  }

  /**
   * Returns a proxy of the connection. The proxy throws once the transaction is over, because the
   * connection then belongs to the pool again.
   */
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
      await connections.withTimeout(client.query("BEGIN ISOLATION LEVEL READ COMMITTED"))
      postgresCrashPoint("transaction: begun")
      return client
    } catch (error) {
      connections.giveBack(client, true)
      throw connections.toStorageError(error)
    }
  }
}

/** Returns the `TypeError` for a handler that uses the transaction after its end. */
export function transactionOver(): TypeError {
  return new TypeError(
    "Expected the transaction to be used before its update has ended: await all writes in the " +
      "handler. The transaction also ends when a handler throws or is aborted.",
  )
}
