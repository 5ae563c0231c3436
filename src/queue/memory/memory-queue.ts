import { type AnnouncedPut, announcePut, isPutWatched } from "../../events/index.js"
import { expectDurationMs, expectInteger } from "../../ground/expect-option.js"
import { idleTimer } from "../../ground/timer.js"
import { type LaneRule, updateLane } from "../../telegram/update-facts.js"
import { Backlog } from "./backlog.js"
import { BotTurns } from "../bot-turns.js"
import type { Lane, QueuedUpdate } from "./lane.js"
import { type Endings, MemoryDelivery } from "./memory-delivery.js"
import { expectLaneRule, expectPerBot, expectUpdate, laneTypeError } from "../new-update.js"
import { QueueClosed } from "../queue-closed.js"
import { RememberedIds } from "./remembered-ids.js"
import { PendingTakes } from "../pending-takes.js"
import { hasItsShare } from "../lane-share.js"
import { defaultCapacityBytes, sizeOf } from "./update-size.js"
import {
  type BotUpdate,
  type Delivery,
  type HandBack,
  HandedBack,
  type IncomingUpdate,
  QueueFull,
  type UpdateQueue,
  type UpdateReference,
} from "../update-queue.js"

/** What a {@link MemoryQueue} can be told. */
export interface MemoryQueueOptions {
  /**
   * How long Telegram is kept waiting for a handler, in milliseconds; 2,000 by default. With
   * `Infinity` it always waits for the handler, whatever that costs the other chats.
   */
  readonly holdMs?: number
  /**
   * How many updates may wait; 10,000 by default. Those that are being handled do not count. Of one lane
   * no more may wait than there is room left.
   */
  readonly capacity?: number
  /**
   * About how many bytes the updates may take that wait or are being handled, as characters of their JSON
   * text; a quarter of what the heap of the process may become by default.
   */
  readonly capacityBytes?: number
  /** How many updates of one bot may be held at once; as many as are taken by default. */
  readonly perBot?: number
  /** Which updates are handled one after the other; `"chat"` by default. */
  readonly lane?: LaneRule
}

/** An update that left its lane unhandled. */
export interface SetAsideUpdate extends BotUpdate {
  /** What was given to `setAside`. */
  readonly error: unknown
}

const setAsideLimit = 100
/** So many may wait whose size is not looked at, where it is not at hand: that costs more than a put. */
const unmeasured = 64
const forgotten = Promise.resolve()

/**
 * Updates wait in memory, and Telegram keeps what is not handled: a put resolves when the handler
 * is done, or when the update has waited `holdMs` and the handler at the head of its lane has been
 * running, its retries included, for `holdMs`, or when a poller could not see others for it
 * ({@link acknowledge}). A crash loses only what was let go so.
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
  readonly #capacityBytes: number
  readonly #laneRule: LaneRule
  readonly #backlog: Backlog
  readonly #turns: BotTurns<Lane>
  readonly #isStrict: boolean
  readonly #takers = new PendingTakes()
  readonly #handled = new RememberedIds()
  readonly #setAside: SetAsideUpdate[] = []
  readonly #endings: Endings = {
    done: (update) => this.#done(update),
    retry: (update, delayMs) => this.#retry(update, delayMs),
    setAside: (update, error) => this.#keepAside(update, error),
    handBack: (update) => this.#handBackHeld(update),
  }
  /** Whether nothing more is taken in this turn. */
  #isRefusing = false
  /** The lanes of which nothing more is taken in this turn. */
  readonly #refused = new Set<Lane>()
  #isClosed = false

  constructor(options: MemoryQueueOptions = {}) {
    const { holdMs = 2_000, capacity = 10_000, lane = "chat", perBot } = options
    const { capacityBytes = defaultCapacityBytes() } = options
    this.#capacityBytes = expectInteger("capacityBytes", capacityBytes, 1, Number.MAX_SAFE_INTEGER)
    this.#capacity = expectInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER)
    this.#backlog = new Backlog(expectDurationMs("holdMs", holdMs))
    this.#isStrict = holdMs === Infinity
    this.#turns = new BotTurns(expectPerBot(perBot))
    this.#laneRule = expectLaneRule(lane)
  }

  /** How many updates wait; those that are being handled do not count. */
  get waiting(): number {
    return this.#backlog.waiting
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

  /**
   * Lets Telegram forget the oldest updates of a bot, because more wait there than it shows. Does so
   * only where a worker waits and could take another update of this bot, and never with an endless
   * `holdMs`. Returns how many it let go.
   */
  acknowledge(botId: number, updateIds: readonly number[]): number {
    const bot = this.#backlog.bot(botId)
    if (this.#isStrict || this.#takers.isEmpty || !this.#turns.mayHold(bot)) return 0
    for (const id of updateIds) bot.queued.get(id)?.letGo()
    return updateIds.length
  }

  /** Resolves where there is room; rejects with {@link QueueFull} or {@link QueueClosed}. */
  async probe(): Promise<void> {
    if (this.#isClosed) throw new QueueClosed()
    const full = this.#whyFull(0)
    if (full) throw full
  }

  /**
   * The next update whose lane is free, oldest lane first. Waits until there is one.
   * An abort of `signal` rejects with its reason and takes nothing. Rejects with
   * {@link QueueClosed} when the queue is closed.
   */
  take(signal: AbortSignal): Promise<Delivery> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    const lane = this.#turns.shift()
    return lane ? Promise.resolve(this.#hold(lane)) : this.#takers.wait(signal)
  }

  /**
   * Gives back what waits and was not let go, by rejecting its put, and says what is left. Updates
   * that wait for their next attempt count as waiting. The queue stays usable.
   */
  async handBack(): Promise<HandBack> {
    const handedBack: UpdateReference[] = []
    const remaining: UpdateReference[] = []
    for (const bot of this.#backlog.bots) {
      bot.ready.clear()
      for (const lane of bot.lanes.values()) {
        for (const update of this.#backlog.handBack(lane)) handedBack.push(update.reference)
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
    this.#takers.refuse(new QueueClosed())
    this.#backlog.close()
  }

  #tryPut(incoming: IncomingUpdate, announced?: AnnouncedPut): Promise<void> {
    try {
      expectUpdate(incoming)
      return this.#put(incoming, announced)
    } catch (error) {
      const refused = Promise.reject(error)
      // Who puts and does not wait must not be ended by it.
      refused.catch(() => {})
      return refused
    }
  }

  #put(incoming: IncomingUpdate, announced: AnnouncedPut | undefined): Promise<void> {
    const { botId, update } = incoming
    const known = this.#backlog.bot(botId).queued.get(update.update_id)
    if (known) return repeated(known.put, announced)
    const now = performance.now()
    if (this.#handled.has(botId, update.update_id, now)) return repeated(forgotten, announced)
    const name = updateLane(update, this.#laneRule)
    if (typeof name !== "string") throw laneTypeError()
    const size = incoming.json || this.waiting >= unmeasured ? sizeOf(incoming) : 0
    this.#expectRoom(incoming, this.#backlog.bot(botId).lanes.get(name), size)
    const queued = this.#backlog.add(incoming, { name, size, now })
    const { lane } = queued
    if (lane.head === queued && !lane.isClosed) this.#offer(lane, "newest")
    return queued.put
  }

  /**
   * After a refusal all of the lane are refused for the rest of the turn, or all where there is no room
   * for any: none may overtake the refused one.
   */
  #expectRoom({ botId, update }: IncomingUpdate, lane: Lane | undefined, size: number): void {
    if (this.#isClosed) throw new HandedBack({ botId, updateId: update.update_id })
    const full = this.#isRefusing ? new QueueFull(this.#capacity) : this.#whyFull(size)
    if (full) {
      this.#refuseForNow(() => (this.#isRefusing = true))
      throw full
    }
    if (!lane || !(this.#refused.has(lane) || this.#hasItsShare(lane))) return
    this.#refuseForNow(() => this.#refused.add(lane))
    throw new QueueFull(lane.count, `updates of lane ${lane.name}, which is its share,`)
  }

  #refuseForNow(refuse: () => void): void {
    if (!this.#isRefusing && this.#refused.size === 0) {
      idleTimer(() => {
        this.#isRefusing = false
        this.#refused.clear()
      }, 0)
    }
    refuse()
  }

  #whyFull(size: number): QueueFull | undefined {
    const { waiting, bytes } = this.#backlog
    if (waiting >= this.#capacity) return new QueueFull(this.#capacity)
    // One that is larger than all may be goes alone.
    const isFull = bytes > 0 && bytes + size > this.#capacityBytes
    return isFull ? new QueueFull(bytes, "bytes of updates") : undefined
  }

  #hasItsShare({ count, bytes }: Lane): boolean {
    const { waiting, bytes: all } = this.#backlog
    if (hasItsShare(count, this.#capacity - waiting)) return true
    return count > 0 && hasItsShare(bytes, this.#capacityBytes - all)
  }

  #hold(lane: Lane): Delivery {
    return new MemoryDelivery(this.#backlog.hold(lane), this.#endings)
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
    this.#backlog.putBack(update)
    if (delayMs > 0) {
      lane.rest = idleTimer(() => {
        lane.rest = undefined
        this.#reopen(lane)
      }, delayMs)
    }
    this.#free(lane)
  }

  #handBackHeld(update: QueuedUpdate): boolean {
    if (!update.isLetGo) {
      this.#backlog.handBack(update.lane)
      update.refuse(new HandedBack(update.reference))
    }
    this.#release(update)
    return !update.isLetGo
  }

  /** The held update has left its lane. */
  #release(update: QueuedUpdate): void {
    if (this.#isClosed) return
    this.#backlog.remove(update)
    this.#free(update.lane)
  }

  /** Nobody holds a lane any more. */
  #free(lane: Lane): void {
    this.#turns.decrementHeld(this.#backlog.bot(lane.botId))
    this.#reopen(lane)
    this.#serve()
  }

  /** Offers what waits in a lane that nobody holds, and drops the lane when nothing does. */
  #reopen(lane: Lane): void {
    if (!lane.head) this.#backlog.drop(lane)
    else if (lane.rest === undefined) this.#offer(lane, "reopened")
  }

  #offer(lane: Lane, as: "newest" | "reopened"): void {
    const bot = this.#backlog.bot(lane.botId)
    if (as === "newest") bot.ready.addNewest(lane)
    else bot.ready.addReopened(lane)
    this.#turns.enqueue(bot)
    this.#serve()
  }

  /** Gives what can be taken to those who wait for it. */
  #serve(): void {
    while (!this.#takers.isEmpty) {
      const lane = this.#turns.shift()
      if (!lane) return
      this.#takers.give(this.#hold(lane))
    }
  }
}

function repeated(put: Promise<void>, announced: AnnouncedPut | undefined): Promise<void> {
  if (announced) announced.isRepeated = true
  return put
}
