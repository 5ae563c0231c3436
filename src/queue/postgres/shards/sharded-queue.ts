import type { LaneRule } from "../../../telegram/update-facts.js"
import type { Logger } from "../../../ground/logger.js"
import type { Removable } from "../../../ground/removable.js"
import { expectLimit } from "../../list-limit.js"
import { recordLaneRule } from "../../named-lane-rule.js"
import { expectUpdate, storableLane } from "../../new-update.js"
import type {
  DeadLetter,
  QueueAdministration,
  QueueStatus,
  WaitingCall,
} from "../../queue-administration.js"
import { QueueClosed } from "../../queue-closed.js"
import type { StateStore } from "../../state-store.js"
import type {
  ArrivalWatch,
  BotRecords,
  Delivery,
  EarlyUpdates,
  HandBack,
  IncomingUpdate,
  ParkedUpdate,
  UpdateQueue,
  UpdateReference,
} from "../../update-queue.js"
import { PostgresQueue } from "../postgres-queue.js"
import { storedLane } from "../short-name.js"
import type { SlotFence } from "../slot-fence.js"
import { arrangeShards } from "./arrange-shards.js"
import { ShardDatabase } from "./shard-database.js"
import type { NamedShard } from "./shard-pools.js"
import { ShardTakes } from "./shard-takes.js"
import {
  depthsOfAll,
  onTheShardOf,
  outboxOfAll,
  setAsideOfAll,
  statusOfAll,
} from "./sharded-administration.js"
import {
  expectShardedOptions,
  type ShardedQueueOptions,
  type ShardedQueueSettings,
} from "./sharded-queue-options.js"
import { expectWritesOf, ShardedState } from "./sharded-state.js"
import { SlotMap } from "./slot-map.js"
import { slotOf, slotOfBot } from "./slots.js"

/** A shard with its queue. */
interface ShardQueue {
  readonly name: string
  readonly queue: PostgresQueue
}

/**
 * A durable queue in several databases of PostgreSQL, each of which is a `PostgresQueue`: a shard. Every bot, or with
 * `by: "lane"` every lane, has one of 1,024 slots, and every slot is on one shard. An update is put into the shard of its
 * slot and taken from it, so that order and transactions are those of a `PostgresQueue`. A shard that is away delays the
 * updates of its own slots only: their puts reject, and Telegram sends them again.
 *
 * The slots are stored in the shards. `arrangeShards` shares them out, and `moveSlots` moves them while the queue is in
 * use.
 *
 * @see docs/guides/past-one-database.md
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { ShardedQueue } from "sounder/postgres"
 * import { Pool } from "pg"
 *
 * const shards = {
 *   one: { pool: new Pool({ connectionString: process.env.DATABASE_ONE }) },
 *   two: { pool: new Pool({ connectionString: process.env.DATABASE_TWO }) },
 * }
 * await using queue = new ShardedQueue({ shards, migrate: true })
 * const updater = new Updater({ token: process.env.BOT_TOKEN, queue })
 * ```
 */
export class ShardedQueue implements UpdateQueue, QueueAdministration {
  /** Stores early updates until their turn. */
  readonly early: EarlyUpdates = { park: (incoming) => this.#park(incoming) }
  /**
   * The state of the queue, shared by all processes: the values of a bot are on the shard of the bot. Absent with
   * `by: "lane"`, because no transaction could write them together with the end of any update of the bot.
   */
  readonly state?: StateStore
  /** Counts and deletions for single bots, of all processes. */
  readonly records: BotRecords
  readonly #settings: ShardedQueueSettings
  readonly #shards: readonly ShardQueue[]
  readonly #map: SlotMap
  readonly #takes = new ShardTakes()
  readonly #laneRule: LaneRule
  /** The puts that were asked for before the slots were known. */
  readonly #waiting: (() => void)[] = []
  /** True when the slots are known, and no put waits for them. */
  #isKnown = false
  #isClosed = false

  /** Throws a `TypeError` for an invalid option. The queue connects when it is first used. */
  constructor(options: ShardedQueueOptions) {
    const settings = expectShardedOptions(options)
    const { shards, rule, schema, timeoutMs, lane, logger } = settings
    this.#settings = settings
    this.#laneRule = lane
    recordLaneRule(this, lane)
    this.#shards = shards.map((shard) => ({
      name: shard.name,
      queue: this.#openShard(shard, prefixed(logger, shard.name)),
    }))
    this.#map = new SlotMap({
      databases: shards.map((shard) => new ShardDatabase(shard, { schema, timeoutMs })),
      configuration: { members: shards.map(({ name }) => name), rule },
      arrange: settings.migrate
        ? () => arrangeShards(options.shards, { schema, by: rule })
        : undefined,
      verified: (name) => this.#onVerified(name),
      logger,
    })
    const state = rule === "bot" ? this.#openState(timeoutMs) : undefined
    if (state) this.state = state
    this.records = {
      depths: async (botIds) => {
        await this.#known()
        return depthsOfAll(this.#queues, botIds)
      },
      delete: async (botId) => {
        await this.#known()
        if (state) return state.deleteRecords(botId)
        await Promise.all(this.#queues.map((queue) => queue.records.delete(botId)))
      },
    }
  }

  /**
   * Adds an update at the end of its lane. Resolves and rejects as `PostgresQueue.put` does, and rejects with a
   * `StorageError` with the code `slot-away` while the slot of the update is moved, or is on a shard that this process has
   * never reached.
   */
  put(incoming: IncomingUpdate): Promise<void> {
    if (this.#isKnown) return this.#route(incoming)
    return this.#whenRead(() => this.#route(incoming))
  }

  /**
   * Resolves if a shard can store an update now. Rejects with the error of a shard if none can, and if the shards of this
   * process are not those of the queue.
   */
  async probe(): Promise<void> {
    this.#expectOpen()
    await this.#known()
    const wrong = this.#map.wrongConfiguration
    if (wrong) throw wrong
    await Promise.any(this.#shards.map(({ queue }) => queue.probe())).catch(
      (failure: AggregateError) => {
        throw failure.errors[0]
      },
    )
  }

  /**
   * Resolves with the next update of the home shards whose lane is open. Within a shard the bots take turns, and within a
   * bot the oldest lane comes first. Waits until there is an update. An abort of `signal` rejects with the signal's
   * reason and takes nothing. Rejects with a `QueueClosed` when the queue is closed, and with a `StorageError` with the
   * code `shards-differ` if the shards of this process are not those of the queue.
   */
  take(signal: AbortSignal): Promise<Delivery> | Delivery {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    const wrong = this.#map.wrongConfiguration
    if (wrong) return this.#known().then(() => Promise.reject(wrong))
    void this.#known()
    return this.#takes.take(signal)
  }

  /**
   * Returns the highest `update_id` of a bot, or `undefined` if there is none. Rejects with a `StorageError`, also if one
   * shard of a queue with `by: "lane"` does not answer.
   */
  async highestId(botId: number): Promise<number | undefined> {
    this.#expectOpen()
    await this.#known()
    if (this.#settings.rule === "bot") return this.#queueOf(slotOfBot(botId)).highestId(botId)
    const ids = await Promise.all(this.#queues.map((queue) => queue.highestId(botId)))
    const known = ids.filter((id) => id !== undefined)
    return known.length === 0 ? undefined : Math.max(...known)
  }

  /** Adds a watch over the updates that enter a lane while another update of that lane is in this process's hands. */
  watchArrivals(watch: ArrivalWatch): Removable {
    const added = this.#queues.map((queue) => queue.watchArrivals(watch))
    return { remove: () => added.forEach((one) => one.remove()) }
  }

  /** Hands back nothing: waiting updates stay in the databases, for any worker. */
  async handBack(): Promise<HandBack> {
    return { handedBack: [], remaining: [] }
  }

  /** Returns the number of updates of all shards by their state. Rejects with a `StorageError`. */
  async status(): Promise<QueueStatus> {
    await this.#known()
    return statusOfAll(this.#queues)
  }

  /**
   * Returns the updates that were set aside, oldest first. Rejects with a `StorageError`.
   *
   * @param options.limit the maximum number of updates to return. Default: 100.
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<DeadLetter[]> {
    const limit = expectLimit(options, "setAside({ limit })")
    await this.#known()
    return setAsideOfAll(this.#queues, limit)
  }

  /**
   * Returns the promised calls that wait or are being made, oldest first. Rejects with a `StorageError`.
   *
   * @param options.limit the maximum number of calls to return. Default: 100.
   */
  async outbox(options: { readonly limit?: number } = {}): Promise<WaitingCall[]> {
    const limit = expectLimit(options, "outbox({ limit })")
    await this.#known()
    return outboxOfAll(this.#queues, limit)
  }

  /**
   * Puts an update that was set aside back into its lane, behind all other updates and as attempt 1. Returns false if no
   * such update was set aside. Rejects with a `StorageError`.
   */
  async replay(reference: UpdateReference): Promise<boolean> {
    await this.#known()
    return onTheShardOf(this.#queues, "replay", reference)
  }

  /**
   * Deletes an update that was set aside. Returns false if no such update was set aside. Rejects with a
   * `StorageError`.
   */
  async drop(reference: UpdateReference): Promise<boolean> {
    await this.#known()
    return onTheShardOf(this.#queues, "drop", reference)
  }

  /** Closes the queues of all shards, as `PostgresQueue` closes. The pools stay open. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#takes.close()
    this.#flush()
    await Promise.all(this.#queues.map((queue) => queue[Symbol.asyncDispose]()))
    await this.#map.close()
  }

  get #queues(): readonly PostgresQueue[] {
    return this.#shards.map(({ queue }) => queue)
  }

  #openShard({ pool, listen }: NamedShard, logger: Logger): PostgresQueue {
    const { queueOptions, rule, migrate } = this.#settings
    const fence: SlotFence = {
      slotOf: (botId, lane) => slotOf(rule, botId, lane),
      slotsOfBot: (botId) => (rule === "bot" ? [slotOfBot(botId)] : []),
      refuse: ({ botId, lane }) => this.#map.away(slotOf(rule, botId, lane)),
      expectWrites: (botId, writes) => {
        if (rule === "bot") return expectWritesOf(botId, writes)
        throw new TypeError('Expected no writes: a `ShardedQueue` with `by: "lane"` has no state.')
      },
    }
    const pools = listen ? { pool, listen } : { pool }
    return new PostgresQueue({ ...queueOptions, ...pools, migrate, logger }, fence)
  }

  #openState(patienceMs: number): ShardedState {
    const isClosed = () => this.#isClosed
    return new ShardedState({
      known: () => this.#known(),
      queueOf: (slot) => this.#queueOf(slot),
      refresh: () => this.#map.refresh(),
      get isClosed() {
        return isClosed()
      },
      patienceMs,
    })
  }

  /** Resolves when the records of the shards have been read. */
  async #known(): Promise<void> {
    if (!this.#isKnown) await this.#read()
  }

  async #read(): Promise<void> {
    await this.#map.refresh()
    const wrong = this.#map.wrongConfiguration
    if (wrong) this.#takes.refuse(wrong)
    this.#flush()
  }

  /** Makes the puts that have waited, in their order. */
  #flush(): void {
    for (const put of this.#waiting.splice(0)) put()
    this.#isKnown = true
  }

  /** Calls a put when the slots are known. Earlier puts are called first. */
  #whenRead(put: () => Promise<void>): Promise<void> {
    const result = new Promise<void>((resolve, reject) => {
      this.#waiting.push(() => void put().then(resolve, reject))
    })
    void this.#read()
    return result
  }

  /** Called when a shard was read for the first time, and fits. */
  #onVerified(name: string): void {
    const shard = this.#shards.find((one) => one.name === name)
    if (shard && this.#settings.home.has(name)) this.#takes.add(shard.queue)
  }

  #queueOf(slot: number): PostgresQueue {
    const index = this.#map.shardOf(slot)
    const shard = index === undefined ? undefined : this.#shards[index]
    if (!shard) throw this.#map.away(slot)
    return shard.queue
  }

  #route(incoming: IncomingUpdate): Promise<void> {
    try {
      this.#expectOpen()
      return this.#queueFor(incoming).put(incoming)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #queueFor(incoming: IncomingUpdate): PostgresQueue {
    expectUpdate(incoming)
    const { rule } = this.#settings
    const lane = rule === "bot" ? "" : storedLane(storableLane(incoming.update, this.#laneRule))
    return this.#queueOf(slotOf(rule, incoming.botId, lane))
  }

  #park(incoming: IncomingUpdate): ParkedUpdate {
    let isUnparked = false
    let unpark = () => {
      isUnparked = true
    }
    const park = (): Promise<void> => {
      try {
        this.#expectOpen()
        const parked = this.#queueFor(incoming).early.park(incoming)
        unpark = () => parked.unpark()
        if (isUnparked) unpark()
        return parked.put
      } catch (error) {
        return Promise.reject(error)
      }
    }
    const put = this.#isKnown ? park() : this.#whenRead(park)
    return { put, unpark: () => unpark() }
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new QueueClosed()
  }
}

/** Returns a logger whose messages begin with the name of a shard. */
function prefixed(logger: Logger, name: string): Logger {
  return {
    debug: (message) => logger.debug(`Shard ${name}: ${message}`),
    info: (message) => logger.info(`Shard ${name}: ${message}`),
    warn: (message) => logger.warn(`Shard ${name}: ${message}`),
    error: (message) => logger.error(`Shard ${name}: ${message}`),
  }
}
