import { type AnnouncedPut, announcePut, isPutWatched } from "../../events/index.js"
import { createHash, randomBytes } from "node:crypto"
import { expectInteger } from "../../ground/expect-option.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { type NewUpdate, newUpdate } from "../new-update.js"
import type { KeptAside, QueueAdministration, QueueStatus } from "../queue-administration.js"
import { parkAnnounced } from "../park-announced.js"
import { QueueClosed } from "../queue-closed.js"
import type {
  Delivery,
  HandBack,
  EarlyUpdates,
  IncomingUpdate,
  ParkedUpdate,
  UpdateQueue,
  UpdateReference,
} from "../update-queue.js"
import { Connections } from "./connections.js"
import { LaneWorker } from "./lane-worker.js"
import { Listener } from "./listener.js"
import { migrateOver } from "./migrate.js"
import { Notifier } from "./notifier.js"
import { PostgresAdministration } from "./postgres-administration.js"
import { expectPostgresOptions, type PostgresQueueOptions } from "./postgres-queue-options.js"
import { IdRotation } from "./id-rotation.js"
import { PutWriter } from "./put-writer.js"
import { StandingConnection } from "./standing-connection.js"

/** An index of PostgreSQL holds 2,704 bytes: longer names of lanes are cut, and told apart by a hash. */
const laneAtMost = 500
const laneKept = 100

/** How much less often is looked while the database tells of updates. */
const toldFactor = 4
/** How often news is passed on by workers that have no room for it. */
const hopsAtMost = 3

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
  /** What comes early waits in the store for its turn. */
  readonly early: EarlyUpdates = { park: (incoming) => this.#park(incoming) }
  readonly #laneRule: LaneRule
  readonly #connection: StandingConnection
  readonly #puts: PutWriter
  readonly #worker: LaneWorker
  readonly #notifier: Notifier
  readonly #listener: Listener | undefined
  readonly #ids: IdRotation
  readonly #channel: string | null
  readonly #administration: PostgresAdministration
  #isClosed = false

  /** Connects when it is first used. */
  constructor(options: PostgresQueueOptions) {
    const settings = expectPostgresOptions(options)
    const { pool, listen, schema, migrate, timeoutMs, pollMs, rememberMs, capacity } = settings
    this.#laneRule = settings.lane
    const connections = new Connections({
      pool,
      schema,
      timeoutMs,
      migrate: migrate ? (client) => migrateOver(client, schema) : undefined,
    })
    this.#connection = new StandingConnection(connections)
    this.#channel = listen ? `sounder_${randomBytes(8).toString("hex")}` : null
    this.#notifier = new Notifier(this.#connection, schema)
    this.#ids = new IdRotation(connections, schema, rememberMs)
    this.#administration = new PostgresAdministration(connections, schema)
    this.#puts = new PutWriter({
      connection: this.#connection,
      schema,
      capacity,
      channel: this.#channel,
      stored: (count, tell) => this.#stored(count, tell),
    })
    this.#worker = new LaneWorker({
      connections,
      schema,
      leaseMs: settings.leaseMs,
      perBot: settings.perBot,
      pollMs: () => (this.#listener?.isListening ? pollMs * toldFactor : pollMs),
      // Also while the connection for it cannot be had: it will be.
      channel: this.#channel,
      opened: () => this.#opened(),
      logger: settings.logger,
    })
    if (listen && this.#channel) {
      const direct = new Connections({ pool: listen, schema, timeoutMs })
      this.#listener = new Listener(direct, this.#channel, (hops) => this.#told(hops))
    }
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
   * Waits until there is one, and while the database cannot be used. An abort of `signal` rejects
   * with its reason and takes nothing. Rejects with a `QueueClosed` when the queue is closed.
   */
  take(signal: AbortSignal): Promise<Delivery> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    return this.#worker.take(signal)
  }

  /** The highest id of a bot. Rejects with a `StorageError`. */
  async highestId(botId: number): Promise<number | undefined> {
    this.#expectOpen()
    return this.#administration.highestId(botId)
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
    return this.#administration.status()
  }

  /**
   * What was set aside, oldest first. Rejects with a `StorageError`.
   *
   * @param options.limit how many at most; 100 by default
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<KeptAside[]> {
    const limit = expectInteger("limit", options.limit ?? 100, 1, Number.MAX_SAFE_INTEGER)
    this.#expectOpen()
    return this.#administration.setAside(limit)
  }

  /**
   * Puts what was set aside into its lane again, behind all others, as attempt 1. Answers whether
   * it was there. Rejects with a `StorageError`.
   */
  async replay(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    const isThere = await this.#administration.replay(reference)
    if (isThere) this.#worker.wake()
    if (isThere) this.#notifier.wakeAnother(this.#channel)
    return isThere
  }

  /** Forgets what was set aside. Answers whether it was there. Rejects with a `StorageError`. */
  async drop(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    return this.#administration.drop(reference)
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
    await this.#puts.close()
    await closing
    await Promise.all([this.#notifier.close(), this.#listener?.close(), this.#ids.close()])
    this.#connection.close()
  }

  #tryPut(incoming: IncomingUpdate, announced?: AnnouncedPut): Promise<void> {
    try {
      this.#expectOpen()
      return this.#puts.put(storable(newUpdate(incoming, this.#laneRule)), announced)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #park(incoming: IncomingUpdate): ParkedUpdate {
    return parkAnnounced(incoming, (announced) => {
      this.#expectOpen()
      return this.#puts.park(storable(newUpdate(incoming, this.#laneRule)), announced)
    })
  }

  #stored(count: number, tell: string | null): void {
    const isRoomHere = count <= this.#worker.room
    this.#worker.wake()
    this.#ids.added()
    if (tell !== null && !isRoomHere) this.#notifier.wake(tell)
  }

  /** Another process says that there may be updates. Where there is no room for them, it goes on. */
  #told(hops: number): void {
    if (this.#worker.room === 0 && hops < hopsAtMost) this.#opened(hops + 1)
    this.#worker.wake()
  }

  /** There may be updates that nobody in this process waits for. */
  #opened(hops = 0): void {
    if (this.#worker.isHeard) this.#notifier.wakeAnother(this.#channel, hops)
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new QueueClosed()
  }
}

/** An update as PostgreSQL can keep it, whatever was put. */
function storable(update: NewUpdate): NewUpdate {
  const isShort = update.lane.length <= laneAtMost
  // Text of the caller's own that is not JSON: JSON has no NUL.
  const isJson = !update.body.includes("\0")
  if (isShort && isJson) return update
  const hash = () => createHash("sha256").update(update.lane).digest("hex")
  const start = update.lane.slice(0, laneKept).replace(/\p{Surrogate}$/u, "")
  return {
    ...update,
    lane: isShort ? update.lane : `${start}#${hash()}`,
    body: isJson ? update.body : JSON.stringify(update.update),
  }
}
