import { type AnnouncedPut, announcePut, isPutWatched } from "../events/index.js"
import { expectDurationMs, expectInteger } from "../ground/expect-option.js"
import { idleTimer } from "../ground/timer.js"
import { type LaneRule, updateLane } from "../telegram/update-facts.js"
import { HoldClock } from "./hold-clock.js"
import { Lane, QueuedUpdate } from "./lane.js"
import { type Endings, MemoryDelivery } from "./memory-delivery.js"
import { expectLaneRule, expectUpdate } from "./new-update.js"
import { QueueClosed } from "./queue-closed.js"
import { ReadyLanes } from "./ready-lanes.js"
import { RememberedIds } from "./remembered-ids.js"
import { Takers } from "./takers.js"
import {
  type Delivery,
  type HandBack,
  HandedBack,
  type IncomingUpdate,
  QueueFull,
  type UpdateQueue,
  type UpdateReference,
} from "./update-queue.js"

/** What a {@link MemoryQueue} can be told. */
export interface MemoryQueueOptions {
  /**
   * How long Telegram is kept waiting for a handler, in milliseconds; 2,000 by default. With
   * `Infinity` it always waits for the handler, whatever that costs the other chats.
   */
  readonly holdMs?: number
  /** How many updates may wait; 10,000 by default. Those that are being handled do not count. */
  readonly capacity?: number
  /** Which updates are handled one after the other; `"chat"` by default. */
  readonly lane?: LaneRule
}

/** An update that left its lane unhandled. */
export interface SetAsideUpdate extends IncomingUpdate {
  /** What was given to `setAside`. */
  readonly error: unknown
}

/** What a queue has of one bot. */
interface BotUpdates {
  /** Those put and not yet handled, by `update_id`. */
  readonly queued: Map<number, QueuedUpdate>
  /** The lanes in which something waits or is held, by name. */
  readonly lanes: Map<string, Lane>
}

const setAsideLimit = 100
const forgotten = Promise.resolve()

/**
 * Updates wait in memory, and Telegram keeps what is not handled: a put resolves when the handler
 * is done, or when the update has waited `holdMs` and the handler at the head of its lane has been
 * running, its retries included, for `holdMs`. A crash therefore loses only updates of chats whose
 * handler had been running for longer than that.
 *
 * A repeated `update_id` is known while its update is in the queue, and after that for 24 hours, or
 * until 100,000 others have been handled. An update that was refused or handed back is forgotten,
 * so that it is new when Telegram sends it again.
 *
 * Handing back a delivery that was not let go also hands back what waits behind it in its lane, so
 * that nothing overtakes it. Once a delivery has ended, what else is called on it does nothing.
 *
 * @see docs/decisions/0001-hold.md
 */
export class MemoryQueue implements UpdateQueue {
  readonly #capacity: number
  readonly #laneRule: LaneRule
  readonly #clock: HoldClock
  readonly #bots = new Map<number, BotUpdates>()
  readonly #ready = new ReadyLanes()
  readonly #takers = new Takers()
  readonly #handled = new RememberedIds()
  readonly #setAside: SetAsideUpdate[] = []
  readonly #endings: Endings = {
    done: (update) => this.#done(update),
    retry: (update, delayMs) => this.#retry(update, delayMs),
    setAside: (update, error) => this.#keepAside(update, error),
    handBack: (update) => this.#handBackHeld(update),
  }
  #sequence = 0
  #waiting = 0
  #isRefusing = false
  #isClosed = false

  constructor(options: MemoryQueueOptions = {}) {
    const { holdMs = 2_000, capacity = 10_000, lane = "chat" } = options
    this.#capacity = expectInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER)
    this.#clock = new HoldClock(expectDurationMs("holdMs", holdMs))
    this.#laneRule = expectLaneRule(lane)
  }

  /** How many updates wait; those that are being handled do not count. */
  get waiting(): number {
    return this.#waiting
  }

  /** The last 100 updates that were set aside, oldest first. They are gone when the process is. */
  get setAsideUpdates(): readonly SetAsideUpdate[] {
    return [...this.#setAside]
  }

  /**
   * Gives an update to the queue. Resolves when Telegram may forget it: when it is handled or let
   * go. A repeated `update_id` joins the first.
   *
   * Rejects with {@link QueueFull}, then for the rest of that turn of the event loop whatever is
   * put, with {@link HandedBack}, and with a `TypeError` for what is no update.
   */
  put(incoming: IncomingUpdate): Promise<void> {
    if (!isPutWatched()) return this.#tryPut(incoming)
    return announcePut(incoming, (announced) => this.#tryPut(incoming, announced))
  }

  /** Resolves where there is room; rejects with {@link QueueFull} or {@link QueueClosed}. */
  async probe(): Promise<void> {
    if (this.#isClosed) throw new QueueClosed()
    if (this.#waiting >= this.#capacity) throw new QueueFull(this.#capacity)
  }

  /**
   * The next update whose lane is free, oldest lane first. Waits until there is one.
   * An abort of `signal` rejects with its reason and takes nothing. Rejects with
   * {@link QueueClosed} when the queue is closed.
   */
  take(signal: AbortSignal): Promise<Delivery> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    const lane = this.#ready.shift()
    return lane ? Promise.resolve(this.#hold(lane)) : this.#takers.wait(signal)
  }

  /**
   * Gives back what waits and was not let go, by rejecting its put, and says what is left. Updates
   * that wait for their next attempt count as waiting. The queue stays usable.
   */
  async handBack(): Promise<HandBack> {
    const handedBack: UpdateReference[] = []
    const remaining: UpdateReference[] = []
    this.#ready.clear()
    for (const bot of this.#bots.values()) {
      for (const lane of bot.lanes.values()) {
        for (const update of this.#handBackWaiting(lane)) handedBack.push(update.reference)
        for (const update of lane.waiting) remaining.push(update.reference)
        if (!lane.held) this.#reopen(lane)
      }
    }
    return { handedBack, remaining }
  }

  /**
   * Closes the queue. Puts that have not resolved reject with {@link HandedBack}, and so do later
   * ones; calls of `take` reject with {@link QueueClosed}.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#waiting = 0
    this.#ready.clear()
    this.#clock.stop()
    this.#takers.refuse(new QueueClosed())
    for (const { queued, lanes } of this.#bots.values()) {
      for (const lane of lanes.values()) lane.rest?.stop()
      for (const update of queued.values()) update.refuse(new HandedBack(update.reference))
    }
    this.#bots.clear()
  }

  #tryPut(incoming: IncomingUpdate, announced?: AnnouncedPut): Promise<void> {
    try {
      expectUpdate(incoming)
      if (announced) announced.isRepeated = this.#knows(incoming)
      return this.#put(incoming)
    } catch (error) {
      const refused = Promise.reject(error)
      // Who puts and does not wait must not be ended by it.
      refused.catch(() => {})
      return refused
    }
  }

  #put(incoming: IncomingUpdate): Promise<void> {
    const { botId, update } = incoming
    const updateId = update.update_id
    const bot = this.#bots.get(botId) ?? this.#addBot(botId)
    const known = bot.queued.get(updateId)
    if (known) return known.put
    const now = performance.now()
    if (this.#handled.has(botId, updateId, now)) return forgotten
    this.#expectRoom(incoming)
    const lane = this.#lane(bot, incoming)
    const queued = new QueuedUpdate(incoming, lane, this.#sequence++)
    bot.queued.set(updateId, queued)
    this.#clock.watch(queued, now)
    this.#append(lane, queued)
    return queued.put
  }

  #knows({ botId, update: { update_id: id } }: IncomingUpdate): boolean {
    const isQueued = this.#bots.get(botId)?.queued.has(id) ?? false
    return isQueued || this.#handled.has(botId, id, performance.now())
  }

  #addBot(botId: number): BotUpdates {
    const bot: BotUpdates = { queued: new Map(), lanes: new Map() }
    this.#bots.set(botId, bot)
    return bot
  }

  /** After a refusal all are refused for the rest of the turn: none may overtake the refused one. */
  #expectRoom({ botId, update }: IncomingUpdate): void {
    if (this.#isClosed) throw new HandedBack({ botId, updateId: update.update_id })
    if (this.#waiting < this.#capacity && !this.#isRefusing) return
    if (!this.#isRefusing) idleTimer(() => (this.#isRefusing = false), 0)
    this.#isRefusing = true
    throw new QueueFull(this.#capacity)
  }

  #lane(bot: BotUpdates, { botId, update }: IncomingUpdate): Lane {
    const name = updateLane(update, this.#laneRule)
    const known = bot.lanes.get(name)
    if (known) return known
    if (typeof name !== "string") throw notALane()
    const lane = new Lane(botId, name)
    bot.lanes.set(name, lane)
    return lane
  }

  #append(lane: Lane, queued: QueuedUpdate): void {
    const isFirst = !lane.head && !lane.isClosed
    lane.append(queued)
    this.#waiting += 1
    if (!isFirst) return
    if (this.#takers.isEmpty) this.#ready.addNewest(lane)
    else this.#takers.give(this.#hold(lane))
  }

  #hold(lane: Lane): Delivery {
    const update = lane.hold()
    this.#waiting -= 1
    update.attempt += 1
    // While a retry waits, the hold of its lane goes on.
    if (!lane.isWatched && !lane.isSlow) this.#clock.watch(lane, performance.now())
    return new MemoryDelivery(update, this.#endings)
  }

  #done(update: QueuedUpdate): void {
    if (!this.#isClosed) this.#handled.add(update.botId, update.update.update_id)
    update.letGo()
    this.#release(update)
  }

  #keepAside(update: QueuedUpdate, error: unknown): void {
    this.#setAside.push({ botId: update.botId, update: update.update, error })
    if (this.#setAside.length > setAsideLimit) this.#setAside.shift()
    this.#done(update)
  }

  #retry(update: QueuedUpdate, delayMs: number): void {
    if (this.#isClosed) return
    const { lane } = update
    lane.putBack(update)
    this.#waiting += 1
    if (delayMs === 0) return this.#reopen(lane)
    lane.rest = idleTimer(() => {
      lane.rest = undefined
      this.#reopen(lane)
    }, delayMs)
  }

  #handBackHeld(update: QueuedUpdate): boolean {
    if (!update.isLetGo) {
      this.#handBackWaiting(update.lane)
      update.refuse(new HandedBack(update.reference))
    }
    this.#release(update)
    return !update.isLetGo
  }

  #handBackWaiting(lane: Lane): QueuedUpdate[] {
    const pending = lane.cut()
    this.#waiting -= pending.length
    for (const update of pending) {
      this.#forget(update)
      update.refuse(new HandedBack(update.reference))
    }
    return pending
  }

  #forget(update: QueuedUpdate): void {
    this.#clock.forget(update)
    this.#bots.get(update.botId)?.queued.delete(update.update.update_id)
  }

  /** The held update has left its lane. */
  #release(update: QueuedUpdate): void {
    if (this.#isClosed) return
    const { lane } = update
    this.#forget(update)
    this.#clock.forget(lane)
    lane.isSlow = false
    lane.held = undefined
    this.#reopen(lane)
  }

  /** Offers what waits in a lane that nobody holds, and drops the lane when nothing does. */
  #reopen(lane: Lane): void {
    if (!lane.head) return this.#drop(lane)
    if (lane.rest !== undefined) return
    if (this.#takers.isEmpty) this.#ready.addReopened(lane)
    else this.#takers.give(this.#hold(lane))
  }

  #drop(lane: Lane): void {
    lane.rest?.stop()
    this.#clock.forget(lane)
    this.#bots.get(lane.botId)?.lanes.delete(lane.name)
  }
}

function notALane(): TypeError {
  return new TypeError("Expected the `lane` option to be a function that answers a string.")
}
