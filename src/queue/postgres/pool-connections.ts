import { Timer } from "../../ground/timer.js"
import { StorageError } from "../storage-error.js"
import { expectNewest, expectNoShard } from "./migrate.js"
import { postgresError } from "./postgres-failure.js"
import type { PostgresClient, PostgresPool, PostgresResult } from "./postgres-pool.js"

/**
 * The pools with an error listener. Without a listener, an error of an idle connection would end the
 * process.
 */
const poolsWithListener = new WeakSet<PostgresPool>()

/** Ignores an error that also reaches the caller in another way. */
export function ignoreError(): void {}

/** Adds an error listener to a pool, unless the pool has one. */
export function listenForErrors(pool: PostgresPool): void {
  if (poolsWithListener.has(pool)) return
  poolsWithListener.add(pool)
  pool.on("error", ignoreError)
}

/** The time limit of a migration, as a multiple of `timeoutMs`. */
const migrationFactor = 60

type Listeners = Readonly<Record<string, (error: Error) => void>>

/** The options of {@link PoolConnections}. */
export interface ConnectionsOptions {
  readonly pool: PostgresPool
  /** The name of the queue's schema. */
  readonly schema: string
  /** The time limit for opening a connection and for a statement, in milliseconds. */
  readonly timeoutMs: number
  /** Migrates the schema to the newest version; absent if the queue must not migrate. */
  readonly migrate?: ((client: PostgresClient) => Promise<unknown>) | undefined
  /** True to refuse the schema of a shard, in which only {@link PoolConnections.query} is then allowed. */
  readonly refusesShard?: boolean
}

/**
 * The connections of a pool, lent within a time limit and only after the schema's version has been
 * checked. Every method rejects with a `StorageError`.
 */
export class PoolConnections {
  readonly #options: ConnectionsOptions
  #isSchemaChecked = false
  /** True until the schema of a queue in one database has turned out to be no shard. */
  #mayBeShard: boolean
  #migration: Promise<unknown> | undefined

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#mayBeShard = options.refusesShard ?? false
    listenForErrors(options.pool)
  }

  /** The time limit for opening a connection and for a statement, in milliseconds. */
  get timeoutMs(): number {
    return this.#options.timeoutMs
  }

  /** Lends a connection until {@link giveBack}. Checks the schema first. */
  async lend(): Promise<PostgresClient> {
    const client = await this.#lendToQuery()
    if (this.#mayBeShard) await this.#check(client, expectNoShard)
    this.#mayBeShard = false
    return client
  }

  /** Lends a connection until {@link giveBack}, without a check of the schema. */
  async lendUnchecked(): Promise<PostgresClient> {
    const lending = connect(this.#options.pool)
    try {
      const client = await this.withTimeout(lending)
      client.on("error", ignoreError)
      return client
    } catch (error) {
      // A connection that comes after the time limit goes straight back to the pool.
      lending.then((late) => this.giveBack(late, true), ignoreError)
      throw this.toStorageError(error)
    }
  }

  /**
   * Gives a connection back to the pool, or closes a broken one. Never throws, because no caller could
   * do anything about a fault of the pool.
   *
   * @param listeners the listeners to remove, by event
   */
  giveBack(client: PostgresClient, isBroken = false, listeners: Listeners = {}): void {
    try {
      for (const [event, listener] of Object.entries(listeners))
        client.removeListener(event, listener)
      client.release(isBroken)
      // A closed connection may still emit errors, so that its listener stays.
      if (!isBroken) client.removeListener("error", ignoreError)
    } catch {
      // The connection is no longer used, whether or not the pool has accepted it.
    }
  }

  /** Sends a statement over a lent connection, within the time limit. */
  queryOn(client: PostgresClient, text: string, values?: unknown[]): Promise<PostgresResult> {
    return this.withTimeout(sendStatement(client, text, values))
  }

  /** Sends one statement over a connection of the pool, and returns the rows. */
  async query<Row>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    const client = await this.#lendToQuery()
    try {
      const { rows } = await this.queryOn(client, text, values)
      this.giveBack(client)
      // The caller states the columns of its own statement.
      return rows as readonly Row[]
    } catch (error) {
      const failure = this.toStorageError(error)
      this.giveBack(client, true)
      throw failure
    }
  }

  /**
   * Converts an error to a `StorageError`. After an error that shows an outdated schema, the next
   * `lend` checks the schema again.
   */
  toStorageError(error: unknown): StorageError {
    const failure = postgresError(this.#options.schema, error)
    if (failure.code === "storage-outdated") this.#isSchemaChecked = false
    return failure
  }

  /**
   * Settles as the given promise does, or rejects after the time limit. The work behind the promise is
   * not cancelled.
   *
   * @param factor the factor by which the time limit is multiplied. Default: 1.
   */
  withTimeout<Result>(promise: Promise<Result>, factor = 1): Promise<Result> {
    const timeoutMs = this.timeoutMs * factor
    return new Promise((resolve, reject) => {
      const timer = new Timer(() => reject(timedOut(timeoutMs)), timeoutMs)
      promise.then(resolve, reject).finally(() => timer.stop())
    })
  }

  async #migrate(): Promise<void> {
    const { migrate } = this.#options
    if (!migrate) return
    this.#migration ??= this.#migrateBy(migrate).finally(() => {
      this.#migration = undefined
    })
    await this.#migration
  }

  async #migrateBy(migrate: (client: PostgresClient) => Promise<unknown>): Promise<void> {
    const client = await this.lendUnchecked()
    try {
      // A ping: a `SELECT` without columns. It fails within the ordinary time limit if the database
      // does not answer at all.
      await this.queryOn(client, "SELECT")
      await this.withTimeout(migrate(client), migrationFactor)
      this.giveBack(client)
    } catch (error) {
      this.giveBack(client, true)
      throw this.toStorageError(error)
    }
  }

  /** Lends a connection, also in the schema of a shard. */
  async #lendToQuery(): Promise<PostgresClient> {
    if (!this.#isSchemaChecked) await this.#migrate()
    const client = await this.lendUnchecked()
    if (!this.#isSchemaChecked) await this.#check(client, expectNewest)
    this.#isSchemaChecked = true
    return client
  }

  /** Gives the connection back and rejects if a check of the schema fails. */
  async #check(
    client: PostgresClient,
    check: (client: PostgresClient, schema: string) => Promise<void>,
  ): Promise<void> {
    try {
      await this.withTimeout(check(client, this.#options.schema))
    } catch (error) {
      const failure = this.toStorageError(error)
      this.giveBack(client, true)
      throw failure
    }
  }
}

/** Opens a connection of the user's pool, whose `connect` may throw instead of rejecting. */
async function connect(pool: PostgresPool): Promise<PostgresClient> {
  return pool.connect()
}

/** Sends a statement over a connection of the user's pool. Rejects if the result has no rows. */
export async function sendStatement(
  client: PostgresClient,
  text: string,
  values?: unknown[],
): Promise<PostgresResult> {
  const result: Partial<PostgresResult> | undefined = await client.query(text, values)
  if (!Array.isArray(result?.rows)) throw new TypeError("The pool returned a result without rows")
  return { rows: result.rows }
}

function timedOut(timeoutMs: number): StorageError {
  return new StorageError(
    "storage-unavailable",
    `PostgreSQL has not answered for ${timeoutMs} ms: it is overloaded, cut off, or the pool has no ` +
      "connection free; the queue continues without a restart when PostgreSQL answers",
  )
}
