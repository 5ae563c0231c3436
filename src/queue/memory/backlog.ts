import type { BotTurn } from "../bot-turns.js"
import { HoldClock } from "./hold-clock.js"
import { Lane, QueuedUpdate } from "./lane.js"
import { ReadyLanes } from "./ready-lanes.js"
import { UpdatesById } from "./updates-by-id.js"
import { HandedBack, type IncomingUpdate } from "../update-queue.js"

/** What a {@link Backlog} has of one bot. */
export class BotUpdates implements BotTurn<Lane> {
  /** Those put and not yet handled, by `update_id`. */
  readonly queued = new UpdatesById<QueuedUpdate>()
  /** The lanes in which something waits or is held, by name. */
  readonly lanes = new Map<string, Lane>()
  readonly ready = new ReadyLanes()
  held = 0
  isInLine = false
  nextInLine: BotTurn<Lane> | undefined = undefined
}

/** Where an update is added. */
export interface NewPlace {
  /** The name of its lane. */
  readonly name: string
  /** About how many bytes it takes; 0 where that was not looked at. */
  readonly size: number
  /** The time, in the milliseconds of `performance.now()`. */
  readonly now: number
}

/**
 * The updates of a `MemoryQueue` from their put until they are handled or handed back, by bot and
 * lane, with the holds that decide when Telegram may forget them.
 */
export class Backlog {
  readonly #clock: HoldClock
  readonly #bots = new Map<number, BotUpdates>()
  #sequence = 0
  #waiting = 0
  #bytes = 0

  /** @param holdMs how long Telegram is kept waiting for a handler, in milliseconds */
  constructor(holdMs: number) {
    this.#clock = new HoldClock(holdMs)
  }

  /** How many updates wait; those that are held do not count. */
  get waiting(): number {
    return this.#waiting
  }

  /** About how many bytes all updates take, those that are held included. */
  get bytes(): number {
    return this.#bytes
  }

  /** All bots of which there ever was an update. */
  get bots(): Iterable<BotUpdates> {
    return this.#bots.values()
  }

  /** What there is of a bot. */
  bot(botId: number): BotUpdates {
    const known = this.#bots.get(botId)
    if (known) return known
    const bot = new BotUpdates()
    this.#bots.set(botId, bot)
    return bot
  }

  /** Adds an update behind all others of its lane, which it makes where it has none. */
  add(incoming: IncomingUpdate, { name, size, now }: NewPlace): QueuedUpdate {
    const { botId, update } = incoming
    const bot = this.bot(botId)
    let lane = bot.lanes.get(name)
    if (!lane) bot.lanes.set(name, (lane = new Lane(botId, name)))
    const queued = new QueuedUpdate(incoming, lane, { sequence: this.#sequence++, size })
    bot.queued.set(update.update_id, queued)
    this.#clock.watch(queued, now)
    lane.append(queued)
    this.#waiting += 1
    this.#bytes += size
    return queued
  }

  /** The first of a lane is now held, as one more attempt. */
  hold(lane: Lane): QueuedUpdate {
    const update = lane.hold()
    this.#waiting -= 1
    update.attempt += 1
    // While a retry waits, the hold of its lane goes on.
    if (!lane.isWatched && !lane.isSlow) this.#clock.watch(lane, performance.now())
    return update
  }

  /** The held one waits again, in its place. */
  putBack(update: QueuedUpdate): void {
    update.lane.putBack(update)
    this.#waiting += 1
  }

  /** The held one has left its lane. */
  remove(update: QueuedUpdate): void {
    const { lane } = update
    this.#forget(update)
    this.#clock.forget(lane)
    lane.isSlow = false
    lane.held = undefined
  }

  /** Hands back, and answers, those of a lane that wait and that Telegram still has. */
  handBack(lane: Lane): QueuedUpdate[] {
    const pending = lane.cut()
    this.#waiting -= pending.length
    for (const update of pending) {
      this.#forget(update)
      update.refuse(new HandedBack(update.reference))
    }
    return pending
  }

  /** A lane in which nothing waits and nothing is held is no more. */
  drop(lane: Lane): void {
    lane.rest?.stop()
    this.#clock.forget(lane)
    this.#bots.get(lane.botId)?.lanes.delete(lane.name)
  }

  /** Refuses everything, what is held included. */
  close(): void {
    this.#waiting = 0
    this.#bytes = 0
    this.#clock.stop()
    for (const { queued, lanes, ready } of this.#bots.values()) {
      ready.clear()
      for (const lane of lanes.values()) lane.rest?.stop()
      for (const update of queued.values()) update.refuse(new HandedBack(update.reference))
    }
    this.#bots.clear()
  }

  #forget(update: QueuedUpdate): void {
    this.#bytes -= update.size
    update.lane.bytes -= update.size
    this.#clock.forget(update)
    this.#bots.get(update.botId)?.queued.delete(update.update.update_id)
  }
}
