import {
  expectDurationMs,
  unexpectedOption,
  type OptionNames,
  expectOptionsObject,
} from "../../ground/expect-option.js"
import type { Logger } from "../../ground/logger.js"
import { guardedLogger } from "../../telegram/guarded-logger.js"
import { sleep } from "../../ground/sleep.js"
import { longestTimerMs } from "../../ground/timer.js"
import type { HeldLock, StandbyLock } from "../../ground/standby-lock.js"
import { HeldTransaction } from "./held-transaction.js"
import type { PostgresClient, PostgresPool } from "./postgres-pool.js"

/** The options of a {@link PostgresLock}. */
export interface PostgresLockOptions {
  /** A pool of `pg`. The lock uses one of its connections while the lock is held. */
  readonly pool: Pick<PostgresPool, "connect">
  /**
   * The time after which the lock of a frozen or disconnected process is free, in milliseconds. The
   * lock of a process that has died is free at once. Default: 10,000.
   */
  readonly leaseMs?: number
  /**
   * The logger for the message that this process stands by, which has the level `info`. Default: `console`,
   * for warnings and errors only.
   */
  readonly logger?: Logger
}

const optionNames: OptionNames<PostgresLockOptions> = { pool: true, leaseMs: true, logger: true }

const shortestLeaseMs = 1000
/** The time between two tries of a standby to acquire the lock, in milliseconds. */
const retryEveryMs = 500

/**
 * A lock that the database gives to one process at a time, for a poller with standbys on any number of
 * machines.
 *
 * The lock is an advisory lock of a transaction that stays open. The lock therefore needs no table,
 * works behind a connection pooler, and is freed when the connection ends. The holder sends a
 * statement five times within `leaseMs`. After half of `leaseMs` without an answer the holder
 * considers the lock lost; only after the whole of `leaseMs` does the database free the lock for
 * another process.
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

  /** Throws a `TypeError` for an invalid option. */
  constructor(options: PostgresLockOptions) {
    expectOptionsObject(options, "new PostgresLock({ pool })", optionNames)
    const { pool, leaseMs = 10_000, logger } = options
    if (typeof pool?.connect !== "function") unexpectedOption("pool", "a pool of `pg`", pool)
    expectDurationMs("leaseMs", leaseMs)
    if (leaseMs < shortestLeaseMs || leaseMs > longestTimerMs) {
      unexpectedOption(
        "leaseMs",
        `at least ${shortestLeaseMs} and at most ${longestTimerMs}`,
        leaseMs,
      )
    }
    this.#pool = pool
    this.#leaseMs = leaseMs
    this.#logger = guardedLogger(logger)
  }

  /**
   * Waits until this process has the lock with this name in the database. An abort of `signal` rejects
   * with the signal's reason and leaves the lock free. Rejects with the database's error if the
   * database cannot be reached.
   */
  async acquire(name: string, signal: AbortSignal): Promise<HeldLock> {
    for (let tries = 0; ; tries += 1) {
      signal.throwIfAborted()
      const held = await this.#tryToAcquire(name)
      if (held && signal.aborted) await held.release()
      signal.throwIfAborted()
      if (held) return held
      if (tries === 0) this.#logger.info(`Another process has the lock ${name}; standing by.`)
      await sleep(retryEveryMs, signal)
    }
  }

  async #tryToAcquire(name: string): Promise<HeldTransaction | undefined> {
    const askedAtMs = performance.now()
    const client = await this.#withTimeout(this.#pool.connect(), (late) => late.release())
    client.on("error", ignore)
    try {
      const got = await this.#withTimeout(this.#tryLock(client, name))
      const held = got && new HeldTransaction(client, { askedAtMs, leaseMs: this.#leaseMs })
      if (!held) await this.#withTimeout(client.query("ROLLBACK"))
      client.removeListener("error", ignore)
      if (held) return held
      client.release()
      return undefined
    } catch (error) {
      // Closing the connection frees the lock, if it was acquired.
      client.release(true)
      throw error
    }
  }

  /**
   * Begins the transaction and tries to acquire the lock. With the timeout set here, the database ends
   * the transaction after `leaseMs` without a statement.
   */
  async #tryLock(client: PostgresClient, name: string): Promise<boolean> {
    await client.query("BEGIN ISOLATION LEVEL READ COMMITTED")
    const setting = "idle_in_transaction_session_timeout"
    await client.query(`SET LOCAL ${setting} = ${Math.round(this.#leaseMs)}`)
    const sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got"
    const { rows } = await client.query(sql, [`sounder ${name}`])
    // The row of the statement above.
    return (rows[0] as { got: boolean }).got
  }

  /**
   * Rejects if the database does not answer within half of `leaseMs`.
   *
   * @param late called with a result that comes after the rejection
   */
  #withTimeout<T>(answer: Promise<T>, late: (value: T) => void = () => {}): Promise<T> {
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
