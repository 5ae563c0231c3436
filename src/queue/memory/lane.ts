import type { Update } from "@grammyjs/types"
import type { Timer } from "../../ground/timer.js"
import { WatchedEntry } from "./ack-timer.js"
import type { BotTurn } from "../bot-turns.js"
import type { ResponseSlot } from "../response-slot.js"
import type { Arrival, BotUpdate, IncomingUpdate, UpdateReference } from "../update-queue.js"

let lastResolve: () => void
let lastReject: (reason: Error) => void

/**
 * The executor of every `put` promise: stores the functions that settle the promise in the two
 * variables above. A promise calls its executor synchronously, so that the fields after `put` can read
 * the variables. One shared executor saves a closure per update.
 */
function capture(resolve: () => void, reject: (reason: Error) => void): void {
  lastResolve = resolve
  lastReject = reject
}

/** The position and the size of a new update. */
interface Position {
  readonly sequence: number
  readonly size: number
}

/** An update in a {@link MemoryQueue}, from its put until it is handled or handed back. */
export class QueuedUpdate extends WatchedEntry implements BotUpdate {
  readonly botId: number
  readonly update: Update
  readonly response: ResponseSlot | undefined
  /** The lane of the update. */
  readonly lane: Lane
  /** The time of the put, in milliseconds since 1970. */
  readonly receivedAt = Date.now()
  /** The position of the put among all puts of the queue. */
  readonly sequence: number
  /** The promise that `put` returned to the first and to later puts of the same update. */
  readonly put: Promise<void> = new Promise(capture)
  readonly #resolve = lastResolve
  readonly #reject = lastReject
  /** The approximate size in bytes; 0 if the size was not measured. */
  readonly size: number
  /** True once Telegram may forget the update. */
  isAcknowledged = false
  /** The number of attempts so far. */
  attempt = 0
  /** The next waiting update of the lane. */
  next: QueuedUpdate | undefined = undefined

  constructor(incoming: IncomingUpdate, lane: Lane, { sequence, size }: Position) {
    super()
    this.botId = incoming.botId
    this.update = incoming.update
    this.response = incoming.response
    this.lane = lane
    this.sequence = sequence
    this.size = size
  }

  /** The bot and the id of the update. */
  get reference(): UpdateReference {
    return { botId: this.botId, updateId: this.update.update_id }
  }

  /** Returns the arrival of this update while another one of its lane is in a worker's hands. */
  arrivalDuring({ update: { update_id: runningId } }: QueuedUpdate): Arrival {
    return { botId: this.botId, update: this.update, lane: this.lane.name, runningId }
  }

  /** Resolves the put: Telegram may forget the update. */
  acknowledge(): void {
    this.isAcknowledged = true
    this.#resolve()
  }

  /** Rejects the put: Telegram should send the update again. */
  refuse(reason: Error): void {
    // A caller that ignores the promise must not crash on an unhandled rejection.
    this.put.catch(() => {})
    this.#reject(reason)
  }

  /**
   * Called when the update has waited for the acknowledgement delay. Acknowledges the update if the
   * handler at the head of its lane is slow. Otherwise the lane acknowledges the update when its
   * handler becomes slow.
   */
  override onDelayEnd(): void {
    if (this.lane.isSlow) this.acknowledge()
  }
}

/** The bot of a lane. `BotUpdates` implements this interface. */
export interface LaneBot extends BotTurn<Lane> {
  readonly id: number
  /** True if the bot has no update and is not in the line of bots. */
  readonly isIdle: boolean
  /** The updates of all lanes of the bot, by `update_id`. */
  readonly queued: {
    set(id: number, update: QueuedUpdate): void
    delete(id: number): void
  }
  readonly ready: BotTurn<Lane>["ready"] & {
    /** Adds a lane whose first update is the newest one of the queue. */
    addNewest(lane: Lane): void
    /** Adds a lane that has been reopened. */
    addReopened(lane: Lane): void
  }
  /** Marks a lane as no longer idle, because it gets an update. */
  occupy(lane: Lane): void
  /** Makes an empty lane idle. */
  release(lane: Lane): void
  /** Forgets the idle lanes. */
  dropIdleLanes(): void
}

/**
 * The waiting updates of one lane, in order, and the update in a worker's hands. The acknowledged updates of
 * Telegram always come before the unacknowledged ones: the delay of an earlier put ends earlier, and a poller
 * acknowledges the oldest updates of its bot. Own updates are acknowledged from the start, so that they can
 * be at any position.
 */
export class Lane extends WatchedEntry {
  readonly bot: LaneBot
  /** The name of the lane, unique within its bot. */
  readonly name: string
  /** The first waiting update. */
  head: QueuedUpdate | undefined = undefined
  #tail: QueuedUpdate | undefined = undefined
  /** The number of waiting updates. */
  count = 0
  /**
   * The approximate size of all updates of the lane in bytes, including the update in a worker's hands.
   */
  bytes = 0
  /** The update in a worker's hands. */
  held: QueuedUpdate | undefined = undefined
  /**
   * The timer that runs until the next attempt of the first update is due; `undefined` if no retry is
   * pending.
   */
  retryTimer: Timer | undefined = undefined
  /**
   * True once the handling of the first update, retries included, has taken as long as the
   * acknowledgement delay.
   */
  isSlow = false
  /** True while the lane has no updates. */
  isIdle = true
  /** The next lane in the list of {@link ReadyLanes}. */
  nextReady: Lane | undefined = undefined

  constructor(bot: LaneBot, name: string) {
    super()
    this.bot = bot
    this.name = name
  }

  /** True if no update can be taken now: a worker has one, or the next attempt is not due. */
  get isClosed(): boolean {
    return this.held !== undefined || this.retryTimer !== undefined
  }

  /** Adds an update at the end. */
  append(update: QueuedUpdate): void {
    this.#link(update)
    this.bytes += update.size
  }

  #link(update: QueuedUpdate): void {
    if (this.#tail) this.#tail.next = update
    else this.head = update
    this.#tail = update
    this.count += 1
  }

  /**
   * Moves the first waiting update into a worker's hands and returns this update. Throws a `RangeError`
   * if no update waits.
   */
  takeFirst(): QueuedUpdate {
    const first = this.head
    if (!first) throw new RangeError(`Lane ${this.name} is empty`)
    this.head = first.next
    if (!first.next) this.#tail = undefined
    first.next = undefined
    this.held = first
    this.count -= 1
    return first
  }

  /** Puts the update in a worker's hands back in front of all others. */
  putBack(update: QueuedUpdate): void {
    this.held = undefined
    update.next = this.head
    this.head = update
    this.#tail ??= update
    this.count += 1
  }

  /** Removes the waiting updates that are not acknowledged, and returns them in order. */
  removeUnacknowledged(): QueuedUpdate[] {
    const all = this.waiting
    this.head = this.#tail = undefined
    this.count = 0
    const removed: QueuedUpdate[] = []
    for (const update of all) {
      update.next = undefined
      if (update.isAcknowledged) this.#link(update)
      else removed.push(update)
    }
    return removed
  }

  /** The waiting updates, in order. */
  get waiting(): QueuedUpdate[] {
    return listFrom(this.head)
  }

  /**
   * Called when the handling of the first update has taken as long as the acknowledgement delay.
   * Acknowledges this update, and the waiting updates whose own delays are over.
   */
  override onDelayEnd(begunBefore: number): void {
    this.isSlow = true
    this.held?.acknowledge()
    for (let next = this.head; next && next.beganMs <= begunBefore; next = next.next)
      next.acknowledge()
  }
}

function listFrom(first: QueuedUpdate | undefined): QueuedUpdate[] {
  const all: QueuedUpdate[] = []
  for (let next = first; next; next = next.next) all.push(next)
  return all
}
