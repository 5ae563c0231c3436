import { Timer } from "../../ground/timer.js"
import { StorageError } from "../storage-error.js"
import { expectNewest } from "./migrate.js"
import { postgresError } from "./postgres-failure.js"
import type { PostgresClient, PostgresPool } from "./postgres-pool.js"

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

/** What {@link Connections} are made of. */
export interface ConnectionsOptions {
  readonly pool: PostgresPool
  /** The name of the queue's schema. */
  readonly schema: string
  /** How long a connection or an answer may take, in milliseconds. */
  readonly timeoutMs: number
  /** Brings the schema to the newest version; absent where that is not asked for. */
  readonly migrate?: (() => Promise<unknown>) | undefined
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
    const lending = this.#options.pool.connect()
    let client: PostgresClient
    try {
      client = await this.within(lending)
    } catch (error) {
      // One that comes too late goes straight back.
      lending.then((late) => late.release(), ignore)
      throw this.failure(error)
    }
    client.on("error", ignore)
    await this.#expectReady(client)
    return client
  }

  /** Gives a connection back; one that may be of no use any more is closed. */
  giveBack(client: PostgresClient, isBroken = false): void {
    client.release(isBroken)
    // What is closed may still have something to say.
    if (!isBroken) client.removeListener("error", ignore)
  }

  /** Asks once, over a connection that is given back. */
  async ask<Row>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    const client = await this.lend()
    try {
      const { rows } = await this.within(client.query(text, values))
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
  within<Result>(answer: Promise<Result>): Promise<Result> {
    const { timeoutMs } = this.#options
    return new Promise((resolve, reject) => {
      const timer = new Timer(() => reject(noAnswer(timeoutMs)), timeoutMs)
      answer.then(resolve, reject).finally(() => timer.stop())
    })
  }

  async #migrate(): Promise<void> {
    try {
      await (this.#migration ??= this.#options.migrate?.())
    } finally {
      this.#migration = undefined
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

function noAnswer(timeoutMs: number): StorageError {
  return new StorageError(
    "storage-unavailable",
    `PostgreSQL has not answered for ${timeoutMs} ms: it is overloaded, cut off, or the pool has no ` +
      "connection free; the queue goes on by itself when it answers",
  )
}
