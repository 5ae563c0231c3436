import { expectDurationMs, unexpectedOption } from "../../ground/expect-option.js"
import { type Logger, guardedLogger } from "../../ground/logger.js"
import { sleep } from "../../ground/sleep.js"
import { longestTimerMs } from "../../ground/timer.js"
import type { HeldLock, StandbyLock } from "../../ground/standby-lock.js"
import { HeldTransaction } from "./held-transaction.js"
import type { PostgresClient, PostgresPool } from "./postgres-pool.js"

/** What a {@link PostgresLock} is told. */
export interface PostgresLockOptions {
  /** A pool of `pg`. One of its connections is in use while the lock is held. */
  readonly pool: Pick<PostgresPool, "connect">
  /**
   * After how long the lock is free of a process that is frozen or cut off from the database, in
   * milliseconds; 10,000 by default. The lock of a process that has died is free at once.
   */
  readonly leaseMs?: number
  /** Where it is said that this process stands by. `console`, warnings only, by default. */
  readonly logger?: Logger
}

const leastLeaseMs = 1000
/** How often who stands by looks whether the lock is free. */
const lookEveryMs = 500

/**
 * A lock of which the database sees to it that one process has it: for a poller with standbys, on
 * any number of machines.
 *
 * It is an advisory lock of a transaction that stays open, and so needs no table, works behind a
 * connection pool, and goes with the connection. The holder is asked for a sign of life five times
 * in `leaseMs`; after half of `leaseMs` without an answer it takes the lock for lost, and only after
 * the whole does the database give it to another.
 *
 * @see docs/guides/many-machines.md
 * @example
 * ```ts
 * import pg from "pg"
 * import { Updater } from "sounder"
 * import { PostgresLock, PostgresQueue } from "sounder/postgres"
 *
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
 * const queue = new PostgresQueue({ pool })
 * const updater = new Updater({ token: process.env.BOT_TOKEN, queue })
 * await updater.runPolling({ standby: new PostgresLock({ pool }) })
 * ```
 */
export class PostgresLock implements StandbyLock {
  readonly #pool: Pick<PostgresPool, "connect">
  readonly #leaseMs: number
  readonly #logger: Logger

  /** Throws a `TypeError` for a wrong option. */
  constructor(options: PostgresLockOptions) {
    const { pool, leaseMs = 10_000, logger } = options
    if (typeof pool?.connect !== "function") unexpectedOption("pool", "a pool of `pg`", pool)
    expectDurationMs("leaseMs", leaseMs)
    if (leaseMs < leastLeaseMs || leaseMs > longestTimerMs) {
      unexpectedOption("leaseMs", `at least ${leastLeaseMs} and at most ${longestTimerMs}`, leaseMs)
    }
    this.#pool = pool
    this.#leaseMs = leaseMs
    this.#logger = guardedLogger(logger)
  }

  /**
   * Waits until this process holds the lock of that name in this database. An abort of `signal`
   * rejects with its reason, and holds nothing. Rejects with what the database says where it cannot
   * be asked.
   */
  async acquire(name: string, signal: AbortSignal): Promise<HeldLock> {
    for (let looks = 0; ; looks += 1) {
      signal.throwIfAborted()
      const held = await this.#tryToAcquire(name)
      if (held && signal.aborted) await held.release()
      signal.throwIfAborted()
      if (held) return held
      if (looks === 0) this.#logger.info(`Another process has the lock ${name}; standing by.`)
      await sleep(lookEveryMs, signal)
    }
  }

  async #tryToAcquire(name: string): Promise<HeldTransaction | undefined> {
    const askedAtMs = performance.now()
    const client = await this.#within(this.#pool.connect(), (late) => late.release())
    client.on("error", ignore)
    try {
      const got = await this.#within(this.#ask(client, name))
      const held = got && new HeldTransaction(client, { askedAtMs, leaseMs: this.#leaseMs })
      if (!held) await this.#within(client.query("ROLLBACK"))
      client.removeListener("error", ignore)
      if (held) return held
      client.release()
      return undefined
    } catch (error) {
      // Whatever it holds goes with it.
      client.release(true)
      throw error
    }
  }

  /** The database ends the transaction of a holder that it has not heard of for `leaseMs`. */
  async #ask(client: PostgresClient, name: string): Promise<boolean> {
    await client.query("BEGIN ISOLATION LEVEL READ COMMITTED")
    const setting = "idle_in_transaction_session_timeout"
    await client.query(`SET LOCAL ${setting} = ${Math.round(this.#leaseMs)}`)
    const sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got"
    const { rows } = await client.query(sql, [`sounder ${name}`])
    // The row of the statement above.
    return (rows[0] as { got: boolean }).got
  }

  /** Rejects where the database does not answer; `late` gets what comes after that. */
  #within<T>(answer: Promise<T>, late: (value: T) => void = () => {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        answer.then(late, ignore)
        reject(new Error(`PostgreSQL did not answer in ${this.#leaseMs / 2} ms`))
      }, this.#leaseMs / 2)
      answer.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }
}

function ignore(): void {}
