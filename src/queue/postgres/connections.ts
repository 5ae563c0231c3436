import { Timer } from "../../ground/timer.js"
import { StorageError } from "../storage-error.js"
import { expectNewest } from "./migrate.js"
import { postgresError } from "./postgres-failure.js"
import type { PostgresClient, PostgresPool, PostgresResult } from "./postgres-pool.js"

/** Pools that are listened to: an error of a connection that nobody uses would end the process. */
const heard = new WeakSet<PostgresPool>()

/** For errors that are told again to who waits for an answer. */
export function ignore(): void {}

/** Listens to a pool, once. */
export function hear(pool: PostgresPool): void {
  if (heard.has(pool)) return
  heard.add(pool)
  pool.on("error", ignore)
}

/** How many times longer than an answer a migration may take. */
const migrationFactor = 60

type Listeners = Readonly<Record<string, (error: Error) => void>>

/** What {@link Connections} are made of. */
export interface ConnectionsOptions {
  readonly pool: PostgresPool
  /** The name of the queue's schema. */
  readonly schema: string
  /** How long a connection or an answer may take, in milliseconds. */
  readonly timeoutMs: number
  /** Brings the schema to the newest version; absent where that is not asked for. */
  readonly migrate?: ((client: PostgresClient) => Promise<unknown>) | undefined
}

/**
 * Lends connections of a pool, within a time limit, when it has seen that the schema is the right
 * one. Rejects with nothing but `StorageError`s.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  #isReady = false
  #migration: Promise<unknown> | undefined

  constructor(options: ConnectionsOptions) {
    this.#options = options
    hear(options.pool)
  }

  /** Lends a connection until {@link giveBack}. */
  async lend(): Promise<PostgresClient> {
    if (!this.#isReady) await this.#migrate()
    const client = await this.lendAsItIs()
    await this.#expectReady(client)
    return client
  }

  /** Lends a connection until {@link giveBack}, whatever the schema is. */
  async lendAsItIs(): Promise<PostgresClient> {
    const lending = connect(this.#options.pool)
    try {
      const client = await this.within(lending)
      client.on("error", ignore)
      return client
    } catch (error) {
      // One that comes too late, or is none, goes straight back.
      lending.then((late) => this.giveBack(late, true), ignore)
      throw this.failure(error)
    }
  }

  /**
   * Gives a connection back; one that may be of no use any more is closed. Never throws: what fails
   * there is the pool's, and there is nobody to tell.
   *
   * @param listeners what listens to it until then, by event
   */
  giveBack(client: PostgresClient, isBroken = false, listeners: Listeners = {}): void {
    try {
      for (const [event, listener] of Object.entries(listeners))
        client.removeListener(event, listener)
      client.release(isBroken)
      // What is closed may still have something to say.
      if (!isBroken) client.removeListener("error", ignore)
    } catch {
      // It is of no use to this queue any more in any case.
    }
  }

  /** Asks over a connection that was lent, within the time limit. */
  askOver(client: PostgresClient, text: string, values?: unknown[]): Promise<PostgresResult> {
    return this.within(query(client, text, values))
  }

  /** Asks once, over a connection that is given back. */
  async ask<Row>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    const client = await this.lend()
    try {
      const { rows } = await this.askOver(client, text, values)
      this.giveBack(client)
      // The statements of this queue answer what they say.
      return rows as readonly Row[]
    } catch (error) {
      const failure = this.failure(error)
      this.giveBack(client, true)
      throw failure
    }
  }

  /** What went wrong, in words. */
  failure(error: unknown): StorageError {
    const failure = postgresError(this.#options.schema, error)
    if (failure.code === "storage-outdated") this.#isReady = false
    return failure
  }

  /** Waits, but not longer than the time limit. */
  within<Result>(answer: Promise<Result>, factor = 1): Promise<Result> {
    const timeoutMs = this.#options.timeoutMs * factor
    return new Promise((resolve, reject) => {
      const timer = new Timer(() => reject(noAnswer(timeoutMs)), timeoutMs)
      answer.then(resolve, reject).finally(() => timer.stop())
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
    const client = await this.lendAsItIs()
    try {
      // One that does not answer at all is not waited for as long as a migration may take.
      await this.askOver(client, "SELECT")
      await this.within(migrate(client), migrationFactor)
      this.giveBack(client)
    } catch (error) {
      this.giveBack(client, true)
      throw this.failure(error)
    }
  }

  async #expectReady(client: PostgresClient): Promise<void> {
    if (this.#isReady) return
    try {
      await this.within(expectNewest(client, this.#options.schema))
      this.#isReady = true
    } catch (error) {
      const failure = this.failure(error)
      this.giveBack(client, true)
      throw failure
    }
  }
}

/** A connection of the user's pool, which may throw where it should reject. */
async function connect(pool: PostgresPool): Promise<PostgresClient> {
  return pool.connect()
}

/** What a connection of the user's pool answers; rejects where that is no result. */
export async function query(
  client: PostgresClient,
  text: string,
  values?: unknown[],
): Promise<PostgresResult> {
  const result: Partial<PostgresResult> | undefined = await client.query(text, values)
  if (!Array.isArray(result?.rows)) throw new TypeError("The pool answered a query without rows")
  return { rows: result.rows }
}

function noAnswer(timeoutMs: number): StorageError {
  return new StorageError(
    "storage-unavailable",
    `PostgreSQL has not answered for ${timeoutMs} ms: it is overloaded, cut off, or the pool has no ` +
      "connection free; the queue goes on by itself when it answers",
  )
}
