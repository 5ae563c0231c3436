import { AckTimer } from "./ack-timer.js"
import { BotUpdates, type IdleLanes } from "./bot-updates.js"
import { type Lane, type LaneBot, QueuedUpdate } from "./lane.js"
import { ValuesById } from "./values-by-id.js"
import { HandedBack, type IncomingUpdate } from "../update-queue.js"

/** The number of bots above which a bot without updates is forgotten. */
const manyBots = 1024

/** The lane, the size and the time of a put. */
export interface NewPosition {
  readonly lane: Lane
  /** The approximate size of the update in bytes; 0 if the size was not measured. */
  readonly size: number
  /** The time of the put, on the clock of `performance.now`. */
  readonly now: number
}

/**
 * The updates of a `MemoryQueue`, by bot and lane, from their put until they are handled or handed
 * back. A timer measures their acknowledgement delays.
 */
export class Backlog {
  readonly #ackTimer: AckTimer
  /** The bots by their ids. */
  #bots = new ValuesById<BotUpdates>()
  readonly #idleLanes: IdleLanes = { count: 0 }
  #sequence = 0
  #waiting = 0
  #bytes = 0

  /** @param holdMs the acknowledgement delay in milliseconds */
  constructor(holdMs: number) {
    this.#ackTimer = new AckTimer(holdMs)
  }

  /** The number of waiting updates, without those in workers' hands. */
  get waiting(): number {
    return this.#waiting
  }

  /** The approximate size of all updates in bytes, including those in workers' hands. */
  get bytes(): number {
    return this.#bytes
  }

  /** The bots with updates, and up to {@link manyBots} others that have had an update. */
  get bots(): readonly BotUpdates[] {
    return [...this.#bots.values()]
  }

  /** Returns the updates and lanes of a bot. */
  bot(botId: number): BotUpdates {
    const known = this.#bots.get(botId)
    if (known) return known
    const bot = new BotUpdates(botId, this.#idleLanes)
    this.#bots.set(botId, bot)
    return bot
  }

  /** Returns the number of updates of a bot, including those in workers' hands. */
  depthOf(botId: number): number {
    return this.#bots.get(botId)?.queued.size ?? 0
  }

  /** Adds an update at the end of its lane. */
  add(incoming: IncomingUpdate, { lane, size, now }: NewPosition): QueuedUpdate {
    const queued = new QueuedUpdate(incoming, lane, { sequence: this.#sequence++, size })
    lane.bot.occupy(lane)
    lane.bot.queued.set(incoming.update.update_id, queued)
    this.#ackTimer.watch(queued, now)
    lane.append(queued)
    this.#waiting += 1
    this.#bytes += size
    return queued
  }

  /** Moves the first update of a lane into a worker's hands, and counts one more attempt. */
  takeFirst(lane: Lane): QueuedUpdate {
    const update = lane.takeFirst()
    this.#waiting -= 1
    update.attempt += 1
    // The lane's delay begins with the first attempt. A retry does not restart the delay.
    if (!lane.isWatched && !lane.isSlow) this.#ackTimer.watch(lane, performance.now())
    return update
  }

  /** Puts an update in a worker's hands back in front of its lane. */
  putBack(update: QueuedUpdate): void {
    update.lane.putBack(update)
    this.#waiting += 1
  }

  /** Removes the update in a worker's hands from its lane. */
  remove(update: QueuedUpdate): void {
    const { lane } = update
    this.#forget(update)
    this.#ackTimer.unwatch(lane)
    lane.isSlow = false
    lane.held = undefined
  }

  /** Hands back the waiting updates of a lane that are not acknowledged, and returns them. */
  handBack(lane: Lane): QueuedUpdate[] {
    const pending = lane.removeUnacknowledged()
    this.#waiting -= pending.length
    for (const update of pending) {
      this.#forget(update)
      update.refuse(new HandedBack(update.reference))
    }
    return pending
  }

  /** Makes an empty lane idle and stops its timers. */
  release(lane: Lane): void {
    lane.retryTimer?.stop()
    lane.retryTimer = undefined
    this.#ackTimer.unwatch(lane)
    lane.isSlow = false
    lane.bot.release(lane)
    if (this.#bots.size > manyBots && lane.bot.isIdle) this.#forgetBot(lane.bot)
  }

  /** Rejects the puts of all updates, including those in workers' hands. */
  close(): void {
    this.#waiting = 0
    this.#bytes = 0
    this.#ackTimer.stop()
    for (const { queued, lanes, ready } of this.#bots.values()) {
      ready.clear()
      for (const lane of lanes) lane.retryTimer?.stop()
      for (const update of queued.values()) update.refuse(new HandedBack(update.reference))
    }
    this.#bots = new ValuesById()
  }

  #forgetBot(bot: LaneBot): void {
    bot.dropIdleLanes()
    this.#bots.delete(bot.id)
  }

  #forget(update: QueuedUpdate): void {
    this.#bytes -= update.size
    update.lane.bytes -= update.size
    this.#ackTimer.unwatch(update)
    update.lane.bot.queued.delete(update.update.update_id)
  }
}
