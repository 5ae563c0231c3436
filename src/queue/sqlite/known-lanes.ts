import { idleTimer } from "../../ground/timer.js"
import { BotTurns } from "../bot-turns.js"
import { KnownBot } from "./known-bot.js"
import type { StoredLane } from "./stored-lane.js"
import type { StoredPlace } from "./update-rows.js"
import type { UpdateStore } from "./update-store.js"

/**
 * The number of sequences in memory from which on new updates are left in the store, to be read later.
 */
const maxKnown = 100_000

/** The options of {@link KnownLanes}. */
export interface KnownLanesOptions {
  readonly store: UpdateStore
  /** The maximum number of updates of one bot in workers' hands at once. */
  readonly perBot: number
  /** Called when the delay of a retry is over and its lane is open again. */
  readonly opened: () => void
}

/**
 * The lanes of all bots, as far as they are in memory. Each bot has its own lanes and its own turn, so
 * that a bot with a million waiting updates does not delay other bots. Most of its updates stay on
 * disk until their turn, and take no memory.
 */
export class KnownLanes {
  readonly #store: UpdateStore
  readonly #opened: () => void
  readonly #bots = new Map<number, KnownBot>()
  /** The bots with stored updates that are not in memory. */
  readonly #incomplete = new Set<KnownBot>()
  readonly #turns: BotTurns<StoredLane>
  /**
   * The highest sequence whose transaction has been applied. Updates with a higher sequence will be
   * added by {@link add}.
   */
  #applied: number
  /** The number of sequences in memory. */
  #known = 0

  constructor({ store, perBot, opened }: KnownLanesOptions) {
    this.#store = store
    this.#opened = opened
    this.#turns = new BotTurns(perBot)
    this.#applied = store.lastSequence
    for (const botId of store.bots()) this.#bot(botId, false)
  }

  /** True if more rows should be read from the store. */
  get needsRows(): boolean {
    for (const bot of this.#incomplete) if (bot.needsRows) return true
    return false
  }

  /**
   * Records that the updates up to a sequence are on disk and will be added now. Until this call {@link read}
   * does not return them: an update that is both read and added would be delivered twice.
   *
   * @param lastSequence the highest sequence of all synced transactions
   */
  onApplied(lastSequence: number): void {
    this.#applied = lastSequence
  }

  /**
   * Adds a stored update, or leaves it in the store to be read later. Must be called in the order of
   * the sequences.
   */
  add(place: StoredPlace): void {
    const bot = this.#bot(place.botId, true)
    if (this.#known >= maxKnown && bot.isComplete) {
      bot.isComplete = false
      this.#incomplete.add(bot)
    }
    if (bot.isComplete) this.#insert(bot, place)
  }

  /** Returns the id of the update of a lane that is in a worker's hands; `undefined` if none is. */
  runningIn(botId: number, lane: string): number | undefined {
    const known = this.#bots.get(botId)?.lane(lane)
    return known?.isHeld === true ? known.takenId : undefined
  }

  /** Reads more rows of the bots that have too few ready lanes. */
  read(): void {
    for (const bot of this.#incomplete) {
      if (!bot.needsRows) continue
      for (const place of bot.read(this.#store, this.#applied)) this.#insert(bot, place)
      if (bot.isComplete) this.#incomplete.delete(bot)
    }
  }

  /**
   * Removes and returns up to `count` ready lanes, the oldest of each bot in turn. Their first updates
   * then count as held.
   */
  shift(count: number): StoredLane[] {
    const lanes: StoredLane[] = []
    while (lanes.length < count) {
      const lane = this.#turns.shift()
      if (!lane) break
      lane.isHeld = true
      lanes.push(lane)
    }
    return lanes
  }

  /** Removes the first update of a lane and opens the lane. */
  advance(lane: StoredLane): void {
    lane.shift()
    this.#known -= 1
    this.open(lane)
  }

  /** Opens a lane whose delivery has ended. */
  open(lane: StoredLane): void {
    this.#release(lane)
    this.#offer(lane)
  }

  /** Opens a lane after a delay, for a retry. */
  openAfter(lane: StoredLane, delayMs: number): void {
    this.#release(lane)
    this.#offerAfter(lane, delayMs)
  }

  /** Closes a lane until the queue is opened again. */
  abandon(lane: StoredLane): void {
    this.#release(lane)
    lane.isHeld = true
  }

  /** Stops all timers. */
  close(): void {
    for (const { lanes } of this.#bots.values()) {
      for (const { retryTimer } of lanes) retryTimer?.stop()
    }
  }

  #bot(botId: number, isNew: boolean): KnownBot {
    const known = this.#bots.get(botId)
    if (known) return known
    const bot = new KnownBot(botId, isNew)
    this.#bots.set(botId, bot)
    if (!isNew) this.#incomplete.add(bot)
    return bot
  }

  #insert(bot: KnownBot, place: StoredPlace): void {
    const lane = bot.add(place)
    this.#known += 1
    // An empty lane exists only while a worker has its last update. The first update of a lane in
    // memory is therefore also the lane's first update in the store. Its due time is on the wall
    // clock, because the monotonic clock of an earlier process had another origin.
    if (lane && !lane.isHeld) this.#offerAfter(lane, place.dueAt - Date.now())
  }

  #release(lane: StoredLane): void {
    lane.isHeld = false
    this.#turns.decrementHeld(this.#bot(lane.botId, true))
  }

  #offer(lane: StoredLane): void {
    const bot = this.#bot(lane.botId, true)
    bot.open(lane)
    this.#turns.enqueue(bot)
  }

  #offerAfter(lane: StoredLane, waitMs: number): void {
    // The time of a damaged row may be no number.
    if (!(waitMs > 0)) return this.#offer(lane)
    lane.retryTimer = idleTimer(() => {
      lane.retryTimer = undefined
      this.#offer(lane)
      this.#opened()
    }, waitMs)
  }
}
