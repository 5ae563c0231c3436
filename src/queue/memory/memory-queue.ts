import { type AnnouncedPut, announcePut, isPutWatched } from "../../events/index.js"
import { expectDurationMs, expectInteger, expectOptionsObject } from "../../ground/expect-option.js"
import type { Removable } from "../../ground/removable.js"
import { idleTimer } from "../../ground/timer.js"
import { type LaneRule, updateLane } from "../../telegram/update-facts.js"
import type { OwnContent, OwnUpdate } from "../../telegram/own-update.js"
import { ArrivalWatches } from "../arrival-watches.js"
import { Backlog } from "./backlog.js"
import { BotTurns } from "../bot-turns.js"
import type { Lane, QueuedUpdate } from "./lane.js"
import { type EndHandlers, MemoryDelivery } from "./memory-delivery.js"
import { memoryQueueOptionNames, type MemoryQueueOptions } from "./memory-queue-options.js"
import { MemoryState } from "./memory-state.js"
import { recordLaneRule } from "../named-lane-rule.js"
import { expectLaneRule, expectPerBot, expectUpdate, laneTypeError } from "../new-update.js"
import { QueueClosed } from "../queue-closed.js"
import { RememberedIds } from "./remembered-ids.js"
import { PendingTakes } from "../pending-takes.js"
import { hasReachedShare } from "../lane-share.js"
import { defaultCapacityBytes, sizeOf } from "./update-size.js"
import {
  type ArrivalWatch,
  type BotRecords,
  type BotUpdate,
  type Delivery,
  type HandBack,
  HandedBack,
  type IncomingUpdate,
  maxDepth,
  QueueFull,
  type UpdateQueue,
  type UpdateReference,
} from "../update-queue.js"

/** An update that was set aside. */
export interface SetAsideUpdate extends BotUpdate {
  /** The error that was given to `setAside`. */
  readonly error: unknown
}

const setAsideLimit = 100
/**
 * From this many waiting updates on, the size of an update without JSON text is measured, too.
 * Measuring costs more than the rest of a put, so that a nearly empty queue does not measure.
 */
const measuredFrom = 128
const alreadyHandled = Promise.resolve()

/**
 * A queue in memory. Telegram keeps the updates that are not handled: `put` resolves when the handler
 * is done. So that a slow handler does not delay other chats, `put` resolves earlier in two cases:
 * when the update has waited for `holdMs` and the handler at the head of its lane has run for
 * `holdMs`, retries included; and when a poller calls {@link acknowledge}. A crash loses only the
 * updates that were acknowledged in one of these two cases and not yet handled.
 *
 * The queue knows a repeated `update_id` while its update is in the queue, and then for 24 hours or
 * until 100,000 other updates have been handled. An update that was refused or handed back is not
 * known, so that it is new when Telegram sends it again.
 *
 * Handing back a delivery whose update is not acknowledged also hands back the updates behind it in its
 * lane, so that no update overtakes it. Calls on a delivery that has ended do nothing.
 *
 * @see docs/decisions/0001-acknowledgement-delay.md
 */
export class MemoryQueue implements UpdateQueue {
  /** One pending `take` is enough, because it gets its delivery within the same turn of the event loop. */
  readonly maxPendingTakes: number = 1
  /** Counts and deletions for single bots. */
  readonly records: BotRecords = {
    depths: async (ids) => ids.map((id) => Math.min(this.#backlog.depthOf(id), maxDepth)),
    delete: async (botId) => this.#deleteRecords(botId),
  }
  readonly #capacity: number
  readonly #capacityBytes: number
  readonly #laneRule: LaneRule
  readonly #backlog: Backlog
  readonly #turns: BotTurns<Lane>
  /** True if `holdMs` is `Infinity`: no update is acknowledged before it is handled. */
  readonly #isStrict: boolean
  readonly #takes = new PendingTakes()
  readonly #handled = new RememberedIds()
  readonly #setAside: SetAsideUpdate[] = []
  readonly #arrivals = new ArrivalWatches()
  readonly #endHandlers: EndHandlers = {
    commit: (writes) => this.state.commit(writes),
    done: (update) => this.#done(update),
    retry: (update, delayMs) => this.#retry(update, delayMs),
    setAside: (update, error) => this.#setAsideNow(update, error),
    handBack: (update) => this.#handBackHeld(update),
  }
  /** True while every put is refused, for the rest of this turn of the event loop. */
  #isRefusing = false
  /** The lanes whose puts are refused for the rest of this turn of the event loop. */
  readonly #refused = new Set<Lane>()
  #isClosed = false
  #state: MemoryState | undefined
  #lastOwnId = 0

  constructor(options: MemoryQueueOptions = {}) {
    expectOptionsObject(options, "new MemoryQueue({ holdMs })", memoryQueueOptionNames)
    const { holdMs = 2_000, capacity = 10_000, lane = "chat", perBot } = options
    const { capacityBytes = defaultCapacityBytes() } = options
    this.#capacityBytes = expectInteger("capacityBytes", capacityBytes, 1, Number.MAX_SAFE_INTEGER)
    this.#capacity = expectInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER)
    this.#backlog = new Backlog(expectDurationMs("holdMs", holdMs))
    this.#isStrict = holdMs === Infinity
    this.#turns = new BotTurns(expectPerBot(perBot))
    this.#laneRule = expectLaneRule(lane)
    recordLaneRule(this, this.#laneRule)
  }

  /** The number of waiting updates, without those in workers' hands. */
  get waiting(): number {
    return this.#backlog.waiting
  }

  /** The state of the queue. A restart loses the values. */
  get state(): MemoryState {
    return (this.#state ??= new MemoryState((botId, own) => this.#putOwn(botId, own)))
  }

  /** The last 100 updates that were set aside, oldest first. A restart loses them. */
  get setAsideUpdates(): readonly SetAsideUpdate[] {
    return [...this.#setAside]
  }

  /**
   * Adds an update at the end of its lane. Resolves when Telegram may forget the update: when it is
   * handled or acknowledged early. If the queue already knows the update, the promise settles as that
   * of the first put does.
   *
   * Rejects with {@link QueueFull} if there is no room, and in the rest of the turn of the event loop
   * in which a put of the same lane was refused. Rejects with {@link HandedBack} if the update is
   * handed back, and with a `TypeError` if `incoming` has no valid ids.
   */
  put(incoming: IncomingUpdate): Promise<void> {
    if (!isPutWatched()) return this.#tryPut(incoming)
    return announcePut(incoming, (announced) => this.#tryPut(incoming, announced))
  }

  /**
   * Resolves the puts of a bot's oldest updates before they are handled, because Telegram shows a
   * poller no newer updates until then. Acknowledges nothing if no worker waits for an update, if
   * `perBot` updates of this bot are in workers' hands, or if `holdMs` is `Infinity`. Returns the
   * number of acknowledged updates: all of `updateIds`, or 0.
   */
  acknowledge(botId: number, updateIds: readonly number[]): number {
    const bot = this.#backlog.bot(botId)
    if (this.#isStrict || this.#takes.isEmpty || !this.#turns.mayHold(bot)) return 0
    for (const id of updateIds) bot.queued.get(id)?.acknowledge()
    return updateIds.length
  }

  /** Resolves if there is room. Rejects with {@link QueueFull} or {@link QueueClosed}. */
  async probe(): Promise<void> {
    if (this.#isClosed) throw new QueueClosed()
    const full = this.#fullError(0)
    if (full) throw full
  }

  /**
   * Returns the next update whose lane is open, or a promise of the update if none is ready. An abort of
   * `signal` rejects with the signal's reason and takes nothing. Rejects with {@link QueueClosed} when the
   * queue is closed.
   */
  take(signal: AbortSignal): Promise<Delivery> | Delivery {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#isClosed) return Promise.reject(new QueueClosed())
    const lane = this.#turns.shift()
    return lane ? this.#deliver(lane) : this.#takes.wait(signal)
  }

  /** Adds a watch over the updates that enter a lane while another update of that lane is handled. */
  watchArrivals(watch: ArrivalWatch): Removable {
    return this.#arrivals.add(watch)
  }

  /**
   * Hands back the waiting updates that are not acknowledged, by rejecting their puts. Returns these
   * updates, and the acknowledged ones that remain. Updates that wait for their next attempt count as
   * waiting. The queue stays usable.
   */
  async handBack(): Promise<HandBack> {
    const handedBack: UpdateReference[] = []
    const remaining: UpdateReference[] = []
    for (const bot of this.#backlog.bots) {
      bot.ready.clear()
      for (const lane of bot.lanes) {
        for (const update of this.#backlog.handBack(lane)) handedBack.push(update.reference)
        for (const update of lane.waiting) remaining.push(update.reference)
        if (!lane.held) this.#reopen(lane)
      }
    }
    return { handedBack, remaining }
  }

  /**
   * Closes the queue. Pending puts and later ones reject with {@link HandedBack}; pending and later
   * calls of `take` reject with {@link QueueClosed}.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#takes.refuse(new QueueClosed())
    this.#backlog.close()
    this.#state?.close()
  }

  #tryPut(incoming: IncomingUpdate, announced?: AnnouncedPut): Promise<void> {
    try {
      expectUpdate(incoming)
      return this.#put(incoming, announced)
    } catch (error) {
      const refused = Promise.reject(error)
      // A caller that ignores the promise must not crash on an unhandled rejection.
      refused.catch(() => {})
      return refused
    }
  }

  #put(incoming: IncomingUpdate, announced: AnnouncedPut | undefined): Promise<void> {
    const { botId, update } = incoming
    const bot = this.#backlog.bot(botId)
    const known = bot.queued.get(update.update_id)
    if (known) return repeated(known.put, announced)
    const now = performance.now()
    if (this.#handled.has(botId, update.update_id, now)) return repeated(alreadyHandled, announced)
    const name = updateLane(update, this.#laneRule)
    if (typeof name !== "string") throw laneTypeError()
    const size = incoming.json || this.waiting >= measuredFrom ? sizeOf(incoming) : 0
    const lane = bot.lane(name)
    this.#expectRoom(incoming, lane, size)
    const queued = this.#backlog.add(incoming, { lane, size, now })
    if (lane.head === queued && !lane.isClosed) this.#offer(lane, "newest")
    else if (lane.held && !this.#arrivals.isEmpty)
      this.#arrivals.report(queued.arrivalDuring(lane.held))
    return queued.put
  }

  #deleteRecords(botId: number): void {
    this.#state?.deleteBot(botId)
    const kept = this.#setAside.filter((one) => one.botId !== botId)
    this.#setAside.splice(0, Infinity, ...kept)
  }

  /** Puts an own update, even into a full queue, because the end of another update has committed the put. */
  #putOwn(botId: number, own: OwnContent): void {
    if (this.#isClosed) return
    this.#lastOwnId -= 1
    const update: OwnUpdate = { update_id: this.#lastOwnId, own }
    const size = sizeOf({ botId, update })
    const lane = this.#backlog.bot(botId).lane(own.lane)
    const queued = this.#backlog.add({ botId, update }, { lane, size, now: performance.now() })
    // Telegram does not wait for the acknowledgement of an own update.
    queued.acknowledge()
    if (lane.head === queued && !lane.isClosed) this.#offer(lane, "newest")
  }

  /**
   * Throws a {@link QueueFull} if there is no room. After a refusal, later puts of the same turn of the event
   * loop are refused, too: the puts of the same lane, or all puts if the whole queue is full. Otherwise an
   * update could overtake the refused one.
   */
  #expectRoom({ botId, update }: IncomingUpdate, lane: Lane, size: number): void {
    if (this.#isClosed) throw new HandedBack({ botId, updateId: update.update_id })
    const full = this.#isRefusing ? new QueueFull(this.#capacity) : this.#fullError(size)
    if (full) {
      this.#refuseForNow(() => (this.#isRefusing = true))
      throw full
    }
    if (!this.#refused.has(lane) && !this.#hasReachedShare(lane)) return
    this.#refuseForNow(() => this.#refused.add(lane))
    throw new QueueFull(lane.count, `updates of lane ${lane.name}, the share of one lane,`)
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

  #fullError(size: number): QueueFull | undefined {
    const { waiting, bytes } = this.#backlog
    if (waiting >= this.#capacity) return new QueueFull(this.#capacity)
    // A single update larger than the whole capacity is accepted if the queue is empty.
    const isFull = bytes > 0 && bytes + size > this.#capacityBytes
    return isFull ? new QueueFull(bytes, "bytes of updates") : undefined
  }

  #hasReachedShare({ count, bytes }: Lane): boolean {
    const { waiting, bytes: all } = this.#backlog
    if (hasReachedShare(count, this.#capacity - waiting)) return true
    return count > 0 && hasReachedShare(bytes, this.#capacityBytes - all)
  }

  #deliver(lane: Lane): Delivery {
    return new MemoryDelivery(this.#backlog.takeFirst(lane), this.#endHandlers)
  }

  #done(update: QueuedUpdate): void {
    const { update_id: id } = update.update
    if (!this.#isClosed && id >= 0) this.#handled.add(update.botId, id)
    update.acknowledge()
    this.#leaveLane(update)
  }

  #setAsideNow(update: QueuedUpdate, error: unknown): void {
    this.#setAside.push({ botId: update.botId, update: update.update, error })
    if (this.#setAside.length > setAsideLimit) this.#setAside.shift()
    this.#done(update)
  }

  #retry(update: QueuedUpdate, delayMs: number): void {
    if (this.#isClosed) return
    const { lane } = update
    this.#backlog.putBack(update)
    if (delayMs > 0) {
      lane.retryTimer = idleTimer(() => {
        lane.retryTimer = undefined
        this.#reopen(lane)
      }, delayMs)
    }
    this.#open(lane)
  }

  #handBackHeld(update: QueuedUpdate): boolean {
    if (!update.isAcknowledged) {
      this.#backlog.handBack(update.lane)
      update.refuse(new HandedBack(update.reference))
    }
    this.#leaveLane(update)
    return !update.isAcknowledged
  }

  /** Removes the update in a worker's hands from its lane, and opens the lane. */
  #leaveLane(update: QueuedUpdate): void {
    if (this.#isClosed) return
    this.#backlog.remove(update)
    this.#open(update.lane)
  }

  /** Opens a lane whose delivery has ended. */
  #open(lane: Lane): void {
    this.#turns.decrementHeld(lane.bot)
    this.#reopen(lane)
    this.#serve()
  }

  /**
   * Makes an open lane ready if an update waits in it and no retry is pending. Releases the lane if it
   * is empty.
   */
  #reopen(lane: Lane): void {
    if (!lane.head) this.#backlog.release(lane)
    else if (lane.retryTimer === undefined) this.#offer(lane, "reopened")
  }

  /**
   * Makes a lane ready.
   *
   * @param as `newest` if a put has just made the lane ready, `reopened` otherwise
   */
  #offer(lane: Lane, as: "newest" | "reopened"): void {
    const { bot } = lane
    if (as === "newest") bot.ready.addNewest(lane)
    else bot.ready.addReopened(lane)
    this.#turns.enqueue(bot)
    this.#serve()
  }

  /** Delivers ready updates to the waiting calls of `take`. */
  #serve(): void {
    while (!this.#takes.isEmpty) {
      const lane = this.#turns.shift()
      if (!lane) return
      this.#takes.give(this.#deliver(lane))
    }
  }
}

function repeated(put: Promise<void>, announced: AnnouncedPut | undefined): Promise<void> {
  if (announced) announced.isRepeated = true
  return put
}
