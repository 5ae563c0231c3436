import { expectLimit } from "../list-limit.js"
import { type AnnouncedPut, announcePut, isPutWatched } from "../../events/index.js"
import { randomBytes } from "node:crypto"
import type { Removable } from "../../ground/removable.js"
import { type LaneRule, updateType } from "../../telegram/update-facts.js"
import { ArrivalWatches } from "../arrival-watches.js"
import { recordLaneRule } from "../named-lane-rule.js"
import { type NewUpdate, newUpdate } from "../new-update.js"
import type {
  DeadLetter,
  QueueAdministration,
  QueueStatus,
  WaitingCall,
} from "../queue-administration.js"
import { parkAnnounced } from "../park-announced.js"
import { QueueClosed } from "../queue-closed.js"
import type { StateStore } from "../state-store.js"
import type {
  ArrivalWatch,
  BotRecords,
  Delivery,
  HandBack,
  EarlyUpdates,
  IncomingUpdate,
  ParkedUpdate,
  UpdateQueue,
  UpdateReference,
} from "../update-queue.js"
import { ArrivalNotifier } from "./arrival-notifier.js"
import { PoolConnections } from "./pool-connections.js"
import type { HeldLane } from "./held-lanes.js"
import { LaneWorker } from "./lane-worker.js"
import { Listener } from "./listener.js"
import { migrateOver } from "./migrate.js"
import { Notifier } from "./notifier.js"
import { PostgresAdministration } from "./postgres-administration.js"
import { expectPostgresOptions, type PostgresQueueOptions } from "./postgres-queue-options.js"
import { Upkeep } from "./upkeep.js"
import { PostgresState } from "./postgres-state.js"
import { PutWriter } from "./put-writer.js"
import type { SlotFence } from "./slot-fence.js"
import { storedLane } from "./short-name.js"
import { StandingConnection } from "./standing-connection.js"

/** The factor by which polls are rarer while the database sends notifications. */
const notifiedPollFactor = 4
/** The maximum number of workers that pass one notification on, because they have no waiting `take`. */
const maxHops = 3
const noTypes: ReadonlySet<string> = new Set()

/**
 * A durable queue in PostgreSQL, for any number of processes on any number of machines. `put` resolves
 * when its update is committed. From then on, no crash of a process or of a machine loses the update or
 * changes its place in its lane. When a process misses the renewal of its lease, other processes
 * deliver its updates again, as the next attempt. If that process comes back, `delivery.signal` has
 * aborted, and the end of its delivery is refused with `LeaseLost`.
 *
 * All calls of one turn of the event loop share a transaction. A put that cannot be stored rejects with
 * a `StorageError`, and Telegram sends its update again. Takes and the ends of deliveries wait until
 * the database can be used again.
 *
 * Needs PostgreSQL 13 or newer, and a schema that `sounder queue migrate` or the option `migrate` has
 * created.
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
  /** Stores early updates until their turn. */
  readonly early: EarlyUpdates = { park: (incoming) => this.#park(incoming) }
  readonly #laneRule: LaneRule
  readonly #connection: StandingConnection
  readonly #puts: PutWriter
  readonly #worker: LaneWorker
  readonly #notifier: Notifier
  readonly #arrivals = new ArrivalWatches()
  readonly #arrivalNotifier: ArrivalNotifier
  readonly #listener: Listener | undefined
  readonly #upkeep: Upkeep
  readonly #channel: string | null
  readonly #administration: PostgresAdministration
  readonly #state: PostgresState
  #isClosed = false

  /**
   * Throws a `TypeError` for an invalid option. The queue connects when it is first used.
   *
   * @param fence for the shards of a `ShardedQueue` only
   */
  constructor(options: PostgresQueueOptions, fence?: SlotFence) {
    const settings = expectPostgresOptions(options)
    const { pool, listen, schema, migrate, timeoutMs, pollMs, rememberMs, capacity } = settings
    this.#laneRule = settings.lane
    recordLaneRule(this, settings.lane)
    const connections = new PoolConnections({
      pool,
      schema,
      timeoutMs,
      migrate: migrate ? (client) => migrateOver(client, schema) : undefined,
      refusesShard: !fence,
    })
    this.#connection = new StandingConnection(connections)
    this.#channel = listen ? `sounder_${randomBytes(8).toString("hex")}` : null
    this.#notifier = new Notifier(this.#connection, schema)
    this.#arrivalNotifier = new ArrivalNotifier(this.#connection)
    this.#upkeep = new Upkeep(connections, schema, rememberMs)
    this.#state = new PostgresState(connections, schema, () => this.#onOwnStored(), fence)
    this.#administration = new PostgresAdministration(connections, schema, fence)
    this.#puts = new PutWriter({
      connection: this.#connection,
      schema,
      capacity,
      fence,
      channel: this.#channel,
      stored: (count, channelToWake) => this.#onStored(count, channelToWake),
      entered: (updates, held) => this.#onEntered(updates, held),
    })
    this.#worker = new LaneWorker({
      connections,
      schema,
      leaseMs: settings.leaseMs,
      perBot: settings.perBot,
      pollMs: () => (this.#listener?.isListening ? pollMs * notifiedPollFactor : pollMs),
      // The channel stays known to other workers while the listener's connection is lost, because the
      // listener opens the connection again.
      channel: this.#channel,
      moreReady: () => this.#wakeOthers(),
      arrivals: this.#arrivals,
      fence,
      logger: settings.logger,
    })
    if (listen && this.#channel) {
      const direct = new PoolConnections({ pool: listen, schema, timeoutMs })
      this.#listener = new Listener(
        direct,
        this.#channel,
        (hops) => this.#onNotified(hops),
        (payload) => this.#worker.lease.onNotification(payload),
      )
    }
  }

  /** Counts and deletions for single bots, of all processes. */
  get records(): BotRecords {
    return this.#administration
  }

  /** The state of the queue, shared by all processes. */
  get state(): StateStore {
    return this.#state
  }

  /**
   * Adds an update at the end of its lane. Resolves when the update is committed; at once if its id is
   * known from the last `rememberMs`. The puts of one turn of the event loop are stored together and in
   * order, or none of them is.
   *
   * Rejects with a `QueueFull` if there is no room, and in the rest of the turn in which a put was
   * refused. Rejects with a `StorageError` if the database cannot be used or does not answer; the
   * update may have been stored nevertheless, and is then known when it is put again. Rejects with a
   * `QueueClosed`, and with a `TypeError` if `incoming` has no valid ids.
   */
  put(incoming: IncomingUpdate): Promise<void> {
    if (!isPutWatched()) return this.#tryPut(incoming)
    return announcePut(incoming, (announced) => this.#tryPut(incoming, announced))
  }

  /** Resolves if an update can be stored now. Rejects as {@link put} would. */
  async probe(): Promise<void> {
    this.#expectOpen()
    await this.#puts.probe()
  }

  /**
   * Resolves with the next update whose lane is open. The bots take turns; within a bot the oldest lane
   * comes first. Waits until there is an update, also while the database cannot be used. An abort of
   * `signal` rejects with the signal's reason and takes nothing. Rejects with a `QueueClosed` when the
   * queue is closed.
   */
  take(signal: AbortSignal): Promise<Delivery> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    return this.#worker.take(signal)
  }

  /**
   * Returns the highest `update_id` of a bot, or `undefined` if there is none. Rejects with a
   * `StorageError`.
   */
  async highestId(botId: number): Promise<number | undefined> {
    this.#expectOpen()
    return this.#administration.highestId(botId)
  }

  /**
   * Adds a watch over the updates that enter a lane while another update of that lane is in this process's hands.
   * Other processes notify this one at once with the option `listen`; otherwise it checks with each renewal of
   * its lease.
   */
  watchArrivals(watch: ArrivalWatch): Removable {
    const added = this.#arrivals.add(watch)
    this.#worker.lease.renewSoon()
    return added
  }

  /** Hands back nothing: waiting updates stay in the database, for any worker. */
  async handBack(): Promise<HandBack> {
    return { handedBack: [], remaining: [] }
  }

  /**
   * Returns the number of updates of all processes together by their state. The database counts the
   * rows, which takes a while if there are millions. Rejects with a `StorageError`.
   */
  async status(): Promise<QueueStatus> {
    this.#expectOpen()
    return this.#administration.status()
  }

  /**
   * Returns the updates that were set aside, oldest first. Rejects with a `StorageError`.
   *
   * @param options.limit the maximum number of updates to return. Default: 100.
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<DeadLetter[]> {
    const limit = expectLimit(options, "setAside({ limit })")
    this.#expectOpen()
    return this.#administration.setAside(limit)
  }

  /**
   * Returns the promised calls that wait or are being made, oldest first. Rejects with a `StorageError`.
   *
   * @param options.limit the maximum number of calls to return. Default: 100.
   */
  async outbox(options: { readonly limit?: number } = {}): Promise<WaitingCall[]> {
    const limit = expectLimit(options, "outbox({ limit })")
    this.#expectOpen()
    return this.#administration.outbox(limit)
  }

  /**
   * Puts an update that was set aside back into its lane, behind all other updates and as attempt 1.
   * Returns false if no such update was set aside. Rejects with a `StorageError`.
   */
  async replay(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    const isThere = await this.#administration.replay(reference)
    if (isThere) this.#worker.wake()
    if (isThere) this.#notifier.wakeAnother(this.#channel)
    return isThere
  }

  /**
   * Deletes an update that was set aside. Returns false if no such update was set aside. Rejects with a
   * `StorageError`.
   */
  async drop(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    return this.#administration.drop(reference)
  }

  /**
   * Closes the queue, after all calls so far have been written. If the database cannot be used, gives up
   * after a few times `timeoutMs`: ends of deliveries that were not written reject with a `QueueClosed`,
   * and their updates are delivered again. Pending and later calls of `take` reject with a `QueueClosed`,
   * and so do later puts and ends. Updates in this process's hands are free for other workers at once:
   * stop the dispatcher first. The pool stays open.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const closing = this.#worker.close()
    await Promise.all([this.#puts.close(), this.#state.close()])
    await closing
    await this.#arrivalNotifier.close()
    await Promise.all([this.#notifier.close(), this.#listener?.close(), this.#upkeep.close()])
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

  #onStored(count: number, channelToWake: string | null): void {
    const canTakeAll = count <= this.#worker.pendingTakes
    this.#worker.wake()
    this.#upkeep.onUpdatesStored()
    if (channelToWake !== null && !canTakeAll) this.#notifier.wake(channelToWake)
  }

  #onEntered(updates: readonly NewUpdate[], held: readonly HeldLane[]): void {
    const types = this.#arrivals.isEmpty ? noTypes : new Set(this.#arrivals.types)
    for (const update of updates) {
      if (types.has(updateType(update.update) ?? ""))
        this.#arrivals.entered(update, this.#worker.lease)
    }
    this.#arrivalNotifier.notify(held)
  }

  /** Called when a write without a delivery has put own updates or set timers. */
  #onOwnStored(): void {
    this.#worker.wake()
    this.#notifier.wakeAnother(this.#channel)
  }

  /**
   * Called when another process notifies this one of new updates, or when the listener has subscribed.
   * Passes the notification on if no call of `take` waits in this process.
   */
  #onNotified(hops: number): void {
    if (this.#worker.pendingTakes === 0 && hops < maxHops) this.#wakeOthers(hops + 1)
    this.#worker.wake()
  }

  /** Wakes another worker, because there are more updates than this process can take. */
  #wakeOthers(hops = 0): void {
    if (this.#worker.canWakeAnother) this.#notifier.wakeAnother(this.#channel, hops)
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new QueueClosed()
  }
}

/** Returns an update in a form that PostgreSQL can store. */
function storable(update: NewUpdate): NewUpdate {
  const lane = storedLane(update.lane)
  // PostgreSQL cannot store NUL, which valid JSON text never contains.
  const isJson = !update.body.includes("\0")
  if (lane === update.lane && isJson) return update
  return { ...update, lane, body: isJson ? update.body : JSON.stringify(update.update) }
}
