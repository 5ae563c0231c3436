import { type AnnouncedPut, announcePut, isPutWatched } from "../../events/index.js"
import type { Removable } from "../../ground/removable.js"
import type { Logger } from "../../ground/logger.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { ArrivalWatches } from "../arrival-watches.js"
import { recordLaneRule } from "../named-lane-rule.js"
import { type NewUpdate, newUpdate } from "../new-update.js"
import type * as administration from "../queue-administration.js"
import { parkAnnounced } from "../park-announced.js"
import { QueueClosed } from "../queue-closed.js"
import type { StateStore } from "../state-store.js"
import { PendingTakes } from "../pending-takes.js"
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
} from "../update-queue.js"
import { isDamage, missingUpdate, setDamagedAside, unreadableLane } from "./damage.js"
import { KnownLanes } from "./known-lanes.js"
import { expectOptions, type SqliteQueueOptions } from "./sqlite-queue-options.js"
import { type EndingEffects, EndingWrite, PutWrite } from "./pending-write.js"
import { type EndDelivery, SqliteDelivery } from "./sqlite-delivery.js"
import { AdminRequests } from "./admin-requests.js"
import { DueTimers } from "./due-timers.js"
import { Room } from "./room.js"
import { SqliteRecords } from "./sqlite-records.js"
import { SqliteState } from "./sqlite-state.js"
import { sqliteCrashPoint } from "./crash-points.js"
import type { StoredLane } from "./stored-lane.js"
import type { TakenUpdate } from "./taken-rows.js"
import { TurnWriter } from "./turn-writer.js"
import type { StoredPlace } from "./update-rows.js"
import { UpdateStore } from "./update-store.js"
import { whenFree } from "./when-free.js"

/**
 * A durable queue in a file on a local disk. `put` resolves when its update is on disk. From then on,
 * no crash of the process or of the machine loses the update or changes its place in its lane. An
 * update that was in a worker's hands when the process ended is delivered again at the next start, as
 * the next attempt.
 *
 * All calls of one turn of the event loop share a transaction. A put that cannot be stored rejects with
 * a {@link StorageError}, and Telegram sends its update again. The end of a delivery that cannot be
 * stored is tried again until it is stored, and its lane stays closed meanwhile.
 * A file belongs to one queue at a time. Needs Node 22.13, or the optional package `libsql`.
 *
 * @see docs/guides/durable.md
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { SqliteQueue } from "sounder/sqlite"
 *
 * await using queue = new SqliteQueue({ path: "updates.db" })
 * const updater = new Updater({ token: process.env.BOT_TOKEN, queue })
 * ```
 */
export class SqliteQueue implements UpdateQueue, administration.QueueAdministration {
  /** True, because only one process can open the file. */
  readonly isSingleWriter = true
  /** Stores early updates until their turn. */
  readonly early: EarlyUpdates = { park: (incoming) => this.#park(incoming) }
  /** Counts and deletions for single bots. */
  readonly records: BotRecords
  /** The state of the queue, in the same file. */
  readonly state: StateStore
  readonly #laneRule: LaneRule
  readonly #logger: Logger
  readonly #store: UpdateStore
  readonly #lanes: KnownLanes
  readonly #writer: TurnWriter
  readonly #adminRequests: AdminRequests
  readonly #dueTimers: DueTimers
  readonly #takes = new PendingTakes()
  readonly #arrivals = new ArrivalWatches()
  readonly #end: EndDelivery = (effects) => this.#writeEnding(effects)
  readonly #room: Room
  #held = 0
  #isClosed = false

  /**
   * Waits until no other process, such as one that is stopping, uses the file, and opens the file. Rejects with a
   * {@link StorageError} if that fails; its code is `storage-in-use` if the file is still in use after `waitMs`.
   *
   * @param options.waitMs the longest time to wait, in milliseconds. Default: 60,000.
   */
  static async open(
    options: SqliteQueueOptions & { readonly waitMs?: number },
  ): Promise<SqliteQueue> {
    const { waitMs, ...ofQueue } = options
    return whenFree(() => new SqliteQueue(ofQueue), waitMs)
  }

  /**
   * Opens the file. Throws a {@link StorageError} if the file cannot be opened, and a `TypeError` for
   * an invalid option.
   */
  constructor(options: SqliteQueueOptions) {
    const { path, capacity, laneRule, perBot, rememberMs, logger } = expectOptions(options)
    this.#laneRule = laneRule
    recordLaneRule(this, laneRule)
    this.#logger = logger
    const store = (this.#store = UpdateStore.open(path, rememberMs))
    try {
      store.recoverAfterStart(Date.now())
      this.#room = new Room(capacity, () => this.waiting)
      if (this.#room.isBounded) for (const one of store.laneCounts()) this.#room.add(one, one.count)
      const lanes = (this.#lanes = new KnownLanes({ store, perBot, opened: () => this.#serve() }))
      lanes.read()
      this.#writer = new TurnWriter({ store, lanes, logger, turnEnded: () => this.#onTurnEnd() })
      const expectOpen = () => this.#expectOpen()
      this.state = new SqliteState(store, this.#writer, { expectOpen, added: this.#onAdded })
      this.records = new SqliteRecords(store, this.#writer, expectOpen)
      this.#dueTimers = new DueTimers(store, this.#writer, { added: this.#onAdded, logger })
      this.#adminRequests = new AdminRequests(store, {
        beforeCheck: () => void this.#writer.checkFile(),
        carryOut: (requests) =>
          this.#writer.change((rows, now) => rows.setAside.carryOut(requests, now), this.#onAdded),
      })
    } catch (error) {
      store.close()
      throw error
    }
  }

  /** The number of waiting updates, without those in workers' hands. */
  get waiting(): number {
    return this.#writer.stored - this.#held
  }

  /**
   * Adds an update at the end of its lane. Resolves when the update is on disk; at once if its id is
   * known from the last `rememberMs`. The puts of one turn of the event loop are stored together and in
   * order, or none of them is.
   *
   * Rejects with {@link QueueFull} if there is no room, and in the rest of the turn in which a put of
   * the same lane was refused. Rejects with a {@link StorageError} if the file cannot be written, with
   * {@link QueueClosed}, and with a `TypeError` if `incoming` has no valid ids.
   */
  put(incoming: IncomingUpdate): Promise<void> {
    if (!isPutWatched()) return this.#tryPut(incoming)
    return announcePut(incoming, (announced) => this.#tryPut(incoming, announced))
  }

  /**
   * Checks whether a put would succeed. Resolves if the last puts were stored, or if a row as large as the
   * refused updates can be written now. Otherwise rejects with {@link QueueFull}, {@link
   * QueueClosed} or a {@link StorageError}.
   */
  async probe(): Promise<void> {
    this.#expectOpen()
    this.#room.expectNotFull()
    await this.#writer.probe()
  }

  /** Returns the highest `update_id` of a bot; `undefined` without one. Rejects with a {@link StorageError}. */
  async highestId(botId: number): Promise<number | undefined> {
    this.#expectOpen()
    return this.#store.highestId(botId)
  }

  /**
   * Resolves with the next update whose lane is open, and waits until there is one. An abort of
   * `signal` rejects with the signal's reason and takes nothing. Rejects with {@link QueueClosed} when
   * the queue is closed, and with a {@link StorageError} if the file cannot be used.
   */
  take(signal: AbortSignal): Promise<Delivery> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    // All takes of this turn share a transaction, so that only the first take schedules it.
    if (this.#takes.isEmpty) process.nextTick(this.#serve)
    return this.#takes.wait(signal)
  }

  /** Adds a watch over the updates that enter a lane while another update of that lane is handled. */
  watchArrivals(watch: ArrivalWatch): Removable {
    return this.#arrivals.add(watch)
  }

  /** Hands back nothing: waiting updates stay in the file, for the next start. */
  async handBack(): Promise<HandBack> {
    return { handedBack: [], remaining: [] }
  }

  /** Returns the number of updates by their state. Rejects with a {@link StorageError}. */
  async status(): Promise<administration.QueueStatus> {
    this.#expectOpen()
    return { waiting: this.waiting, running: this.#held, ...this.#store.counts() }
  }

  /**
   * Returns the updates that were set aside, oldest first. Rejects with a {@link StorageError}.
   *
   * @param options.limit the maximum number of updates to return. Default: 100.
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<administration.DeadLetter[]> {
    this.#expectOpen()
    return this.#store.listSetAside(options)
  }

  /**
   * Returns the promised calls that wait or are being made, oldest first. Rejects with a {@link StorageError}.
   *
   * @param options.limit the maximum number of calls to return. Default: 100.
   */
  async outbox(options: { readonly limit?: number } = {}): Promise<administration.WaitingCall[]> {
    this.#expectOpen()
    return this.#store.listOutbox(options)
  }

  /**
   * Puts an update that was set aside back into its lane, behind all other updates and as attempt 1.
   * Returns false if no such update was set aside. Rejects with a {@link StorageError}, and has then
   * changed nothing.
   */
  async replay(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    const place = await this.#writer.change(
      ({ setAside }, now) => setAside.replay(reference, now),
      (replayed) => replayed && this.#onAdded([replayed]),
    )
    return place !== undefined
  }

  /** Deletes an update that was set aside. Returns and rejects like {@link replay}. */
  async drop(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    return this.#writer.change(({ setAside }) => setAside.drop(reference))
  }

  /**
   * Closes the queue, after all calls so far have been written. Pending and later calls of `take`
   * reject with {@link QueueClosed}, and so do later puts. Updates in workers' hands are delivered
   * again at the next start: stop the dispatcher first.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#adminRequests.close()
    this.#dueTimers.close()
    await this.#writer.close(new QueueClosed())
    this.#lanes.close()
    this.#takes.refuse(new QueueClosed())
    this.#store.close()
  }

  #tryPut(incoming: IncomingUpdate, announced?: AnnouncedPut): Promise<void> {
    try {
      return this.#storeLater(incoming, false, announced).put
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #park(incoming: IncomingUpdate): ParkedUpdate {
    return parkAnnounced(incoming, (announced) => this.#storeLater(incoming, true, announced))
  }

  #storeLater(incoming: IncomingUpdate, isParked: boolean, announced?: AnnouncedPut): ParkedUpdate {
    this.#expectOpen()
    const update = newUpdate(incoming, this.#laneRule)
    this.#expectRoom(update)
    sqliteCrashPoint("put: asked")
    let pending: PutWrite | undefined
    const freeRoom = () => this.#room.add(update, -1)
    const put = new Promise<void>((resolve, reject) => {
      const refuse = (error: Error) => (freeRoom(), reject(error))
      const entered = this.#entered
      const effects = { resolve, reject: refuse, known: freeRoom, announced, entered, isParked }
      pending = new PutWrite(update, effects)
      this.#room.add(update, 1)
      this.#writer.put(pending)
    })
    const unpark = () => {
      if (pending && !this.#isClosed) this.#writer.unpark(pending)
      pending = undefined
    }
    return { put, unpark }
  }

  #expectRoom(update: NewUpdate): void {
    const isKnown = () => this.#writer.hasPut(update) || this.#store.knows(update, Date.now())
    try {
      this.#room.expectRoomFor(update, isKnown)
    } catch (error) {
      // The end of this turn must be scheduled, because `Room` refuses puts until then.
      this.#writer.schedule()
      throw error
    }
  }

  #writeEnding(effects: EndingEffects): Promise<void> {
    return new Promise((resolve, reject) => {
      const apply = (lanes: KnownLanes, added: readonly StoredPlace[]) => {
        this.#held -= 1
        if (effects.waitsAgain) this.#room.add(effects.lane, 1)
        effects.apply(lanes, added)
        this.#onAdded(added)
      }
      this.#expectOpen()
      this.#writer.end(new EndingWrite({ ...effects, apply }, { resolve, reject }))
    })
  }

  readonly #entered = (update: NewUpdate) => this.#arrivals.entered(update, this.#lanes)

  readonly #onAdded = (places: readonly StoredPlace[]): void => {
    for (const place of places) {
      this.#lanes.add(place)
      this.#room.add(place, 1)
    }
  }

  #onTurnEnd(): void {
    this.#room.endTurn()
    this.#dueTimers.schedule()
    this.#serve()
  }

  /** Delivers ready updates to the waiting calls of `take`. */
  readonly #serve = (): void => {
    try {
      if (this.#isClosed || this.#takes.isEmpty) return
      if (this.#lanes.needsRows) this.#lanes.read()
      if (this.#lanes.needsRows) this.#writer.schedule()
      const lanes = this.#lanes.shift(this.#takes.size)
      for (const delivery of this.#deliver(lanes)) this.#takes.give(delivery)
    } catch (error) {
      this.#takes.refuse(error)
    }
  }

  #deliver(lanes: readonly StoredLane[]): Delivery[] {
    if (lanes.length === 0) return []
    sqliteCrashPoint("take: chosen")
    try {
      const { updates, missing } = this.#store.takeFirst(lanes)
      sqliteCrashPoint("take: counted")
      for (const lane of missing) this.#skipMissing(lane)
      this.#held += updates.length
      for (const { lane } of [...updates, ...missing.map((lane) => ({ lane }))]) {
        this.#room.add({ botId: lane.botId, lane: lane.name }, -1)
      }
      return updates.flatMap((one) => this.#deliveryOf(one))
    } catch (error) {
      // One unreadable row must not keep the other lanes waiting.
      if (isDamage(error) && lanes.length > 1) return this.#deliverEach(lanes)
      for (const lane of lanes) this.#takeFailed(lane, error)
      if (isDamage(error)) return []
      throw error
    }
  }

  #deliverEach(lanes: readonly StoredLane[]): Delivery[] {
    return lanes.flatMap((lane) => {
      try {
        return this.#deliver([lane])
      } catch {
        // `#deliver` has opened the lane again. The end of the turn takes from the lane again.
        this.#writer.schedule()
        return []
      }
    })
  }

  /**
   * Returns the delivery of a taken update. Sets an update with a damaged text aside instead, and
   * returns no delivery.
   */
  #deliveryOf(taken: TakenUpdate): Delivery[] {
    taken.lane.takenId = taken.update.update_id
    const delivery = new SqliteDelivery(taken, this.#end)
    if (!taken.damage) return [delivery]
    setDamagedAside(delivery, taken, this.#logger)
    return []
  }

  #skipMissing(lane: StoredLane): void {
    this.#logger.error(missingUpdate(lane))
    this.#lanes.advance(lane)
    this.#writer.schedule()
  }

  #takeFailed(lane: StoredLane, error: unknown): void {
    if (!isDamage(error)) return this.#lanes.open(lane)
    this.#logger.error(unreadableLane(lane, error))
    this.#lanes.abandon(lane)
    this.#writer.schedule()
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new QueueClosed()
  }
}
