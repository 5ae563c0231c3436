import { type AnnouncedPut, announcePut, isPutWatched } from "../../events/index.js"
import { expectDurationMs, expectInteger, unexpectedOption } from "../../ground/expect-option.js"
import { type Logger, quietLogger } from "../../ground/logger.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { keptAside, type KeptUpdate } from "../kept-update.js"
import { expectLaneRule, expectPerBot, newUpdate } from "../new-update.js"
import type { KeptAside, QueueAdministration, QueueStatus } from "../queue-administration.js"
import { QueueClosed } from "../queue-closed.js"
import type {
  Delivery,
  HandBack,
  IncomingUpdate,
  UpdateQueue,
  UpdateReference,
} from "../update-queue.js"
import { Connections } from "./connections.js"
import { LaneWorker } from "./lane-worker.js"
import { Listener } from "./listener.js"
import { expectSchema, migratePostgresQueue } from "./migrate.js"
import { Notifier } from "./notifier.js"
import type { PostgresPool } from "./postgres-pool.js"
import { Pruner } from "./pruner.js"
import { PutWriter } from "./put-writer.js"
import { StandingConnection } from "./standing-connection.js"
import { quoted } from "./tables.js"

/** What a {@link PostgresQueue} is told. */
export interface PostgresQueueOptions {
  /**
   * Where connections come from: a `Pool` of `pg` with room for at least four. The queue keeps three
   * of them, and never ends the pool.
   */
  readonly pool: PostgresPool
  /** The schema of the queue; `"sounder"` by default. */
  readonly schema?: string
  /** Creates the schema, or brings it to the newest version, at the first use; not by default. */
  readonly migrate?: boolean
  /**
   * A pool whose connections reach the database itself: over one of them the queue is told at once of
   * updates that other processes put. May be the same pool, unless that leads through a pool such as
   * pgbouncer. Without it, new updates of other processes are looked for.
   */
  readonly listen?: PostgresPool
  /**
   * How often updates of other processes are looked for while there is nothing to do, in
   * milliseconds; 250 by default. While the queue is told of them, twenty times less often.
   */
  readonly pollMs?: number
  /**
   * How long after this process was last heard of others take over what it holds, in milliseconds;
   * 30,000 by default. While it lives, it is heard of three times in that time, however long a
   * handler runs.
   */
  readonly leaseMs?: number
  /** How long a connection or an answer may take, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number
  /**
   * How many updates may wait, in all processes together; as many as the disk holds by default.
   * Several receivers may exceed it by what they put within a second.
   */
  readonly capacity?: number
  /** How many updates of one bot this process may hold at once; as many as it takes by default. */
  readonly perBot?: number
  /** Which updates are handled one after the other; `"chat"` by default. */
  readonly lane?: LaneRule
  /**
   * How long the id of a handled update is known, in milliseconds, so that it is not handled again;
   * 24 hours by default, which is how long Telegram keeps an update.
   */
  readonly rememberMs?: number
  /** Where it is said that the database cannot be used, and when it can again; `console` by default. */
  readonly logger?: Logger
}

const dayMs = 24 * 60 * 60 * 1000
/** How much less often is looked while the database tells of updates. */
const toldFactor = 20

interface StatusRow {
  /** Numbers of type `bigint`, as text. */
  readonly stored: string
  readonly running: string
  readonly kept: string
  readonly oldest: Date | null
}

/** A `bigint` comes as text. */
type KeptRow = Omit<KeptUpdate, "botId"> & { readonly botId: string }

/**
 * Updates wait in a PostgreSQL, for any number of processes on any number of machines that put and
 * take. A put resolves when its update is committed: from then on nothing that happens to a process
 * or a machine loses it or brings it out of the order of its lane. What was being handled by a process
 * that is not heard of any more is handled by another, with `attempt` counted on; should the first
 * come back, its `delivery.signal` has aborted and what it ends is refused with `LeaseLost`.
 *
 * What is asked for in one turn of the event loop is one transaction. A put that cannot be stored
 * rejects with a `StorageError`, and Telegram sends its update again. Takes and the ends of deliveries
 * wait until the database is back.
 *
 * Needs PostgreSQL 13 or newer, and a schema that `sounder queue migrate` or the option `migrate` has
 * made.
 *
 * @see docs/guides/postgres.md
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { PostgresQueue } from "sounder/postgres"
 * import { Pool } from "pg"
 *
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL })
 * await using queue = new PostgresQueue({ pool, migrate: true })
 * const updater = new Updater({ token: process.env.BOT_TOKEN, queue })
 * ```
 */
export class PostgresQueue implements UpdateQueue, QueueAdministration {
  readonly #schema: string
  readonly #laneRule: LaneRule
  readonly #connections: Connections
  readonly #connection: StandingConnection
  readonly #puts: PutWriter
  readonly #worker: LaneWorker
  readonly #notifier: Notifier
  readonly #listener: Listener | undefined
  readonly #pruner: Pruner
  #isClosed = false

  /** Connects when it is first used. */
  constructor(options: PostgresQueueOptions) {
    const { pool, listen, migrate = false, capacity, lane = "chat" } = options
    const { pollMs = 250, leaseMs = 30_000, timeoutMs = 10_000, rememberMs = dayMs } = options
    const { logger = quietLogger } = options
    const schema = (this.#schema = expectSchema(options.schema ?? "sounder"))
    expectPool("pool", pool, 4)
    if (listen) expectPool("listen", listen, listen === pool ? 5 : 1)
    expectDurationMs("rememberMs", rememberMs)
    expectInteger("pollMs", pollMs, 1, Number.MAX_SAFE_INTEGER)
    expectInteger("leaseMs", leaseMs, 100, Number.MAX_SAFE_INTEGER)
    expectInteger("timeoutMs", timeoutMs, 1, Number.MAX_SAFE_INTEGER)
    if (capacity !== undefined) expectInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER)
    const perBot = expectPerBot(options.perBot)
    this.#laneRule = expectLaneRule(lane)
    this.#connections = new Connections({
      pool,
      schema,
      timeoutMs,
      migrate: migrate ? () => migratePostgresQueue(pool, { schema }) : undefined,
    })
    this.#connection = new StandingConnection(this.#connections)
    this.#notifier = new Notifier(this.#connection, schema)
    this.#pruner = new Pruner(this.#connections, schema, rememberMs)
    this.#puts = new PutWriter({
      connection: this.#connection,
      schema,
      capacity,
      rememberMs,
      stored: (count, isHeard) => this.#stored(count, isHeard),
    })
    this.#worker = new LaneWorker({
      connections: this.#connections,
      schema,
      leaseMs,
      perBot,
      pollMs: () => (this.#listener?.isListening ? pollMs * toldFactor : pollMs),
      // Also while the connection for it cannot be had: it will be.
      listens: listen !== undefined,
      opened: () => this.#opened(),
      logger,
    })
    if (listen) this.#listener = new Listener(listen, schema, () => this.#worker.wake())
  }

  /**
   * Resolves when the update is committed, and at once for one whose id is known from the last
   * `rememberMs`. Puts of one turn of the event loop are stored together, in their order, or not.
   *
   * Rejects with a `QueueFull`, then for the rest of that turn whatever is put; with a
   * `StorageError` where the database cannot be used or does not answer (it may have been stored all
   * the same, and is then known when it is put again), with a `QueueClosed`, and with a `TypeError`
   * for what is no update.
   */
  put(incoming: IncomingUpdate): Promise<void> {
    if (!isPutWatched()) return this.#tryPut(incoming)
    return announcePut(incoming, (announced) => this.#tryPut(incoming, announced))
  }

  /** Resolves where an update could be stored; rejects as its {@link put} would. */
  async probe(): Promise<void> {
    this.#expectOpen()
    await this.#puts.probe()
  }

  /**
   * The next update whose lane is free. The bots take turns; of a bot the oldest lane comes first.
   * Waits until there is one, and while the database cannot be used. An abort of `signal` rejects with its reason and takes nothing. Rejects
   * with a `QueueClosed` when the queue is closed.
   */
  take(signal: AbortSignal): Promise<Delivery> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    return this.#worker.take(signal)
  }

  /** Gives nothing back: what waits is in the database, for any worker. */
  async handBack(): Promise<HandBack> {
    return { handedBack: [], remaining: [] }
  }

  /**
   * How many updates there are, in all processes together; the database counts them, which takes it
   * a while where there are millions. Rejects with a `StorageError`.
   */
  async status(): Promise<QueueStatus> {
    this.#expectOpen()
    const s = quoted(this.#schema)
    const [row] = await this.#connections.ask<StatusRow>(
      `SELECT (SELECT count(*) FROM ${s}.lanes WHERE holder IS NOT NULL) AS running,
        (SELECT count(*) FROM ${s}.set_aside) AS kept, count(*) AS stored, min(put_at) AS oldest
      FROM ${s}.updates`,
    )
    const running = Number(row?.running)
    return {
      waiting: Number(row?.stored) - running,
      running,
      setAside: Number(row?.kept),
      ...(row?.oldest && { oldestPutAt: new Date(row.oldest) }),
    }
  }

  /**
   * What was set aside, oldest first. Rejects with a `StorageError`.
   *
   * @param options.limit how many at most; 100 by default
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<KeptAside[]> {
    const limit = expectInteger("limit", options.limit ?? 100, 1, Number.MAX_SAFE_INTEGER)
    this.#expectOpen()
    const rows = await this.#connections.ask<KeptRow>(
      `SELECT bot_id AS "botId", update_id AS "updateId", lane, attempt, error, body,
        extract(epoch FROM set_aside_at)::float8 * 1000 AS "setAsideAt"
      FROM ${quoted(this.#schema)}.set_aside ORDER BY number LIMIT $1`,
      [limit],
    )
    return rows.map((row) => keptAside({ ...row, botId: Number(row.botId) }))
  }

  /**
   * Puts what was set aside into its lane again, behind all others, as attempt 1. Answers whether
   * it was there. Rejects with a `StorageError`.
   */
  async replay(reference: UpdateReference): Promise<boolean> {
    const isThere = await this.#again("replay($1, $2)", reference)
    if (isThere) this.#stored(1, true)
    return isThere
  }

  /** Forgets what was set aside. Answers whether it was there. Rejects with a `StorageError`. */
  async drop(reference: UpdateReference): Promise<boolean> {
    return this.#again("drop_kept($1, $2)", reference)
  }

  /**
   * Closes the queue, when what was asked for has been written. Calls of `take` reject with a
   * `QueueClosed`, and so do later puts. What is being handled is free for other workers at once:
   * stop the dispatcher first. The pool stays open.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const closing = this.#worker.close()
    await this.#puts.idle()
    await closing
    await Promise.all([this.#notifier.close(), this.#listener?.close(), this.#pruner.close()])
    this.#connection.close()
  }

  #tryPut(incoming: IncomingUpdate, announced?: AnnouncedPut): Promise<void> {
    try {
      this.#expectOpen()
      return this.#puts.put(newUpdate(incoming, this.#laneRule), announced)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #again(call: string, { botId, updateId }: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    const [row] = await this.#connections.ask<{ is_there: boolean }>(
      `SELECT ${quoted(this.#schema)}.${call} AS is_there`,
      [botId, updateId],
    )
    return row?.is_there ?? false
  }

  #stored(count: number, isHeard: boolean): void {
    this.#worker.wake()
    this.#pruner.added(count)
    if (isHeard) this.#notifier.notify()
  }

  /** Lanes have opened that nobody in this process waits for. */
  #opened(): void {
    if (this.#worker.isHeard) this.#notifier.notify()
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new QueueClosed()
  }
}

function expectPool(name: string, pool: PostgresPool, connections: number): void {
  if (typeof pool?.connect !== "function" || typeof pool.on !== "function") {
    unexpectedOption(name, "a `Pool` of `pg`", pool)
  }
  const most = pool.options?.max ?? Infinity
  if (most < connections) {
    unexpectedOption(name, `a pool with a \`max\` of at least ${connections}`, most)
  }
}
