import { type AnnouncedPut, announcePut, isPutWatched } from "../../events/index.js"
import { expectInteger } from "../../ground/expect-option.js"
import type { Logger } from "../../ground/logger.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { keptAsideOf } from "../set-aside-row.js"
import { type NewUpdate, newUpdate } from "../new-update.js"
import type { KeptAside, QueueAdministration, QueueStatus } from "../queue-administration.js"
import { parkAnnounced } from "../park-announced.js"
import { QueueClosed } from "../queue-closed.js"
import { StorageError } from "../storage-error.js"
import { PendingTakes } from "../pending-takes.js"
import {
  type Delivery,
  type EarlyUpdates,
  type HandBack,
  type IncomingUpdate,
  type ParkedUpdate,
  type UpdateQueue,
  type UpdateReference,
} from "../update-queue.js"
import { KnownLanes } from "./known-lanes.js"
import { expectOptions, type SqliteQueueOptions } from "./sqlite-queue-options.js"
import { type Ending, PendingEnding, PendingPut } from "./pending-write.js"
import { type EndDelivery, SqliteDelivery } from "./sqlite-delivery.js"
import { Requests } from "./requests.js"
import type { Request } from "./set-aside-rows.js"
import { Room } from "./room.js"
import { step } from "./steps.js"
import type { StoredLane } from "./stored-lane.js"
import type { TakenUpdate } from "./taken-rows.js"
import { TurnWriter } from "./turn-writer.js"
import type { StoredPlace } from "./update-rows.js"
import { UpdateStore } from "./update-store.js"
import { whenFree } from "./when-free.js"

/**
 * Updates wait in a file on this machine's disk. A put resolves when its update is on disk: from
 * then on nothing that happens to this process or machine loses it or brings it out of the order of
 * its lane. What was being handled when the process ended is handled again at the next start, with
 * `attempt` counted on.
 *
 * All that is asked for in one turn of the event loop is one transaction. A put that cannot be
 * stored rejects with a {@link StorageError}, and Telegram sends its update again; the end of a
 * delivery that cannot be stored is tried again until it can, and its lane stays closed meanwhile.
 *
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
export class SqliteQueue implements UpdateQueue, QueueAdministration {
  /** One process a file: nothing comes in elsewhere. */
  readonly isSingleWriter = true
  /** What comes early waits in the store for its turn. */
  readonly early: EarlyUpdates = { park: (incoming) => this.#park(incoming) }
  readonly #laneRule: LaneRule
  readonly #logger: Logger
  readonly #store: UpdateStore
  readonly #lanes: KnownLanes
  readonly #writer: TurnWriter
  readonly #requests: Requests
  readonly #takers = new PendingTakes()
  readonly #end: EndDelivery = (ending) => this.#write(ending)
  readonly #room: Room
  #held = 0
  #isClosed = false

  /**
   * Opens the file as soon as no other process uses it: for a process that takes over from one that
   * is stopping. Rejects with a {@link StorageError} where it cannot be opened, and `storage-in-use`
   * where it is still used after `waitMs`.
   *
   * @param options.waitMs how long to wait, in milliseconds; 60,000 by default
   */
  static async open(
    options: SqliteQueueOptions & { readonly waitMs?: number },
  ): Promise<SqliteQueue> {
    return whenFree(() => new SqliteQueue(options), options.waitMs)
  }

  /** Opens the file. Throws a {@link StorageError} where that cannot be done. */
  constructor(options: SqliteQueueOptions) {
    const { path, capacity, laneRule, perBot, rememberMs, logger } = expectOptions(options)
    this.#laneRule = laneRule
    this.#logger = logger
    const store = (this.#store = UpdateStore.open(path, rememberMs))
    try {
      store.finishOthers(Date.now())
      this.#room = new Room(capacity, () => this.waiting)
      if (this.#room.isBounded) for (const one of store.laneCounts()) this.#room.add(one, one.count)
      const lanes = (this.#lanes = new KnownLanes({ store, perBot, opened: () => this.#serve() }))
      lanes.read()
      this.#writer = new TurnWriter({ store, lanes, logger, ended: () => this.#turnEnded() })
      this.#requests = new Requests(store, {
        looked: () => void this.#writer.look(),
        answer: (asked) => this.#answer(asked),
      })
    } catch (error) {
      store.close()
      throw error
    }
  }

  /** How many updates wait; those that are being handled do not count. */
  get waiting(): number {
    return this.#writer.stored - this.#held
  }

  /**
   * Resolves when the update is on disk, and at once for one whose id is known from the last
   * `rememberMs`. Puts of one turn of the event loop are stored together, in their order, or not.
   *
   * Rejects with {@link QueueFull}, then for the rest of that turn whatever is put; with a
   * {@link StorageError} where the file cannot be written, with {@link QueueClosed}, and with a
   * `TypeError` for what is no update.
   */
  put(incoming: IncomingUpdate): Promise<void> {
    if (!isPutWatched()) return this.#tryPut(incoming)
    return announcePut(incoming, (announced) => this.#tryPut(incoming, announced))
  }

  /**
   * Resolves where the last updates could be stored, or a row of their size can be now; rejects with
   * {@link QueueFull}, {@link QueueClosed} or a {@link StorageError}.
   */
  async probe(): Promise<void> {
    this.#expectOpen()
    this.#room.expectAny()
    await this.#writer.probe()
  }

  /** The highest id of a bot. Rejects with a {@link StorageError}. */
  async highestId(botId: number): Promise<number | undefined> {
    this.#expectOpen()
    return this.#store.highestId(botId)
  }

  /**
   * The next update whose lane is free, oldest lane first. Waits until there is one.
   * An abort of `signal` rejects with its reason and takes nothing. Rejects with
   * {@link QueueClosed} when the queue is closed, and with a {@link StorageError} when the file
   * cannot be used.
   */
  take(signal: AbortSignal): Promise<Delivery> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    // Those who take at the same time are served together.
    if (this.#takers.isEmpty) process.nextTick(this.#serve)
    return this.#takers.wait(signal)
  }

  /** Gives nothing back: what waits is in the file, for the next start. */
  async handBack(): Promise<HandBack> {
    return { handedBack: [], remaining: [] }
  }

  /** How many updates there are. Rejects with a {@link StorageError}. */
  async status(): Promise<QueueStatus> {
    this.#expectOpen()
    const oldestPutAt = this.#store.oldestPutAt()
    return {
      waiting: this.waiting,
      running: this.#held,
      setAside: this.#store.countSetAside(),
      ...(oldestPutAt !== undefined && { oldestPutAt: new Date(oldestPutAt) }),
    }
  }

  /**
   * What was set aside, oldest first. Rejects with a {@link StorageError}.
   *
   * @param options.limit how many at most; 100 by default
   */
  async setAside(options: { readonly limit?: number } = {}): Promise<KeptAside[]> {
    const limit = expectInteger("limit", options.limit ?? 100, 1, Number.MAX_SAFE_INTEGER)
    this.#expectOpen()
    return this.#store.listSetAside(limit).map(keptAsideOf)
  }

  /**
   * Puts what was set aside into its lane again, behind all others, as attempt 1. Answers whether
   * it was there. Rejects with a {@link StorageError}, and has then changed nothing.
   */
  async replay(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    const place = await this.#writer.change(
      ({ setAside }, now) => setAside.replay(reference, now),
      (replayed) => replayed && this.#replayed([replayed]),
    )
    return place !== undefined
  }

  /**
   * Forgets what was set aside. Answers whether it was there. Rejects with a {@link StorageError},
   * and has then changed nothing.
   */
  async drop(reference: UpdateReference): Promise<boolean> {
    this.#expectOpen()
    return this.#writer.change(({ setAside }) => setAside.drop(reference))
  }

  /**
   * Closes the queue, when what was asked for has been written. Calls of `take` reject with
   * {@link QueueClosed}, and so do later puts. What is being handled is handled again at the next
   * start: stop the dispatcher first.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#requests.close()
    await this.#writer.close(new QueueClosed())
    this.#lanes.close()
    this.#takers.refuse(new QueueClosed())
    this.#store.close()
  }

  #tryPut(incoming: IncomingUpdate, announced?: AnnouncedPut): Promise<void> {
    try {
      this.#expectOpen()
      const update = newUpdate(incoming, this.#laneRule)
      this.#expectRoom(update)
      return this.#ask(update, false, announced).put
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #park(incoming: IncomingUpdate): ParkedUpdate {
    return parkAnnounced(incoming, (announced) => {
      this.#expectOpen()
      const update = newUpdate(incoming, this.#laneRule)
      this.#expectRoom(update)
      return this.#ask(update, true, announced)
    })
  }

  #ask(update: NewUpdate, isEarly: boolean, announced: AnnouncedPut | undefined): ParkedUpdate {
    step("put: asked")
    let pending: PendingPut | undefined
    const put = new Promise<void>((resolve, reject) => {
      const leave = () => this.#room.add(update, -1)
      const refuse = (error: Error) => {
        leave()
        reject(error)
      }
      pending = new PendingPut(update, {
        resolve,
        reject: refuse,
        known: leave,
        announced,
        isEarly,
      })
      this.#room.add(update, 1)
      this.#writer.put(pending)
    })
    const unpark = () => {
      if (pending && !this.#isClosed) this.#writer.move(pending)
      pending = undefined
    }
    return { put, unpark }
  }

  #expectRoom(update: NewUpdate): void {
    const isKnown = () => this.#writer.puts(update) || this.#store.knows(update, Date.now())
    try {
      this.#room.expect(update, isKnown)
    } catch (error) {
      // The end of the turn is noted.
      this.#writer.schedule()
      throw error
    }
  }

  #write(ending: Ending): Promise<void> {
    return new Promise((resolve, reject) => {
      const apply = (lanes: KnownLanes) => {
        this.#held -= 1
        if (ending.waitsAgain) this.#room.add(ending.lane, 1)
        ending.apply(lanes)
      }
      this.#expectOpen()
      this.#writer.end(new PendingEnding({ ...ending, apply }, { resolve, reject }))
    })
  }

  #answer(asked: readonly Request[]): Promise<unknown> {
    return this.#writer.change(
      ({ setAside }, now) => setAside.answer(asked, now),
      (places) => this.#replayed(places),
    )
  }

  #replayed(places: readonly StoredPlace[]): void {
    for (const place of places) {
      this.#lanes.add(place)
      this.#room.add(place, 1)
    }
  }

  #turnEnded(): void {
    this.#room.turnEnded()
    this.#serve()
  }

  /** Gives what can be taken to those who wait for it. */
  readonly #serve = (): void => {
    try {
      if (this.#isClosed || this.#takers.isEmpty) return
      if (this.#lanes.isShort) this.#lanes.read()
      if (this.#lanes.isShort) this.#writer.schedule()
      const lanes = this.#lanes.shift(this.#takers.size)
      for (const delivery of this.#hold(lanes)) this.#takers.give(delivery)
    } catch (error) {
      this.#takers.refuse(error)
    }
  }

  #hold(lanes: readonly StoredLane[]): Delivery[] {
    if (lanes.length === 0) return []
    step("take: chosen")
    try {
      const { updates, gone } = this.#store.count(lanes)
      step("take: counted")
      for (const lane of gone) this.#lose(lane)
      this.#held += updates.length
      for (const { lane } of [...updates, ...gone.map((lane) => ({ lane }))]) {
        this.#room.add({ botId: lane.botId, lane: lane.name }, -1)
      }
      return updates.flatMap((one) => this.#deliveryOf(one))
    } catch (error) {
      // One that cannot be read is no reason to keep the others waiting.
      if (isDamage(error) && lanes.length > 1) return this.#holdEach(lanes)
      for (const lane of lanes) this.#giveUp(lane, error)
      if (isDamage(error)) return []
      throw error
    }
  }

  #holdEach(lanes: readonly StoredLane[]): Delivery[] {
    return lanes.flatMap((lane) => {
      try {
        return this.#hold([lane])
      } catch {
        // It is open again.
        this.#writer.schedule()
        return []
      }
    })
  }

  /** None for an update whose text is damaged: it is set aside. */
  #deliveryOf(taken: TakenUpdate): Delivery[] {
    const delivery = new SqliteDelivery(taken, this.#end)
    if (!taken.damage) return [delivery]
    const { botId, name } = taken.lane
    const message =
      `Update ${taken.update.update_id} of bot ${botId} in lane ${name} is damaged in ` +
      `the queue file, and was set aside: ${taken.damage.message}`
    this.#logger.error(message)
    delivery.setAside(new StorageError("storage-corrupted", message)).catch(() => {})
    return []
  }

  #lose(lane: StoredLane): void {
    this.#logger.error(
      `An update of bot ${lane.botId} in lane ${lane.name} is gone from the queue file, and its ` +
        "chat goes on without it. Let nothing else write to the file",
    )
    this.#lanes.advance(lane)
    this.#writer.schedule()
  }

  #giveUp(lane: StoredLane, error: unknown): void {
    if (!isDamage(error)) return this.#lanes.open(lane)
    this.#logger.error(
      `${error.message}. The updates of bot ${lane.botId} in lane ${lane.name} wait for a repaired file`,
    )
    this.#lanes.abandon(lane)
    this.#writer.schedule()
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new QueueClosed()
  }
}

function isDamage(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === "storage-corrupted"
}
