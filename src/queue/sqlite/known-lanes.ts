import { idleTimer } from "../../ground/timer.js"
import { BotTurns } from "../bot-turns.js"
import { KnownBot } from "./known-bot.js"
import type { StoredLane } from "./stored-lane.js"
import type { StoredPlace } from "./update-rows.js"
import type { UpdateStore } from "./update-store.js"

/** How many places are known before new ones are left in the store, to be read later. */
const knownAtMost = 100_000

/** What a {@link KnownLanes} works with. */
export interface KnownLanesOptions {
  readonly store: UpdateStore
  /** How many updates of one bot may be held at once. */
  readonly perBot: number
  /** Called when a lane that rested can be taken from. */
  readonly opened: () => void
}

/**
 * The lanes from which can be taken, those of each bot by themselves: a million updates of one bot
 * that wait delay no other, and take little memory, because most of them stay on disk until it is
 * their turn.
 */
export class KnownLanes {
  readonly #store: UpdateStore
  readonly #opened: () => void
  readonly #bots = new Map<number, KnownBot>()
  readonly #incomplete = new Set<KnownBot>()
  readonly #turns: BotTurns<StoredLane>
  /** The last place of what has been applied: what is stored behind it will be added. */
  #applied: number
  #known = 0

  constructor({ store, perBot, opened }: KnownLanesOptions) {
    this.#store = store
    this.#opened = opened
    this.#turns = new BotTurns(perBot)
    this.#applied = store.lastSequence
    for (const botId of store.bots()) this.#bot(botId, false)
  }

  /** Whether lanes should be read from the store. */
  get isShort(): boolean {
    for (const bot of this.#incomplete) if (bot.isShort) return true
    return false
  }

  /**
   * A transaction is on disk, and what it has stored will be added now. Until then {@link read} does not
   * see it: what it reads would be added a second time.
   *
   * @param lastSequence the last place of all that were stored in it and before
   */
  applied(lastSequence: number): void {
    this.#applied = lastSequence
  }

  /** Adds what has been stored, or leaves it to be read. In the order of the places. */
  add(place: StoredPlace): void {
    const bot = this.#bot(place.botId, true)
    if (this.#known >= knownAtMost && bot.isComplete) {
      bot.isComplete = false
      this.#incomplete.add(bot)
    }
    if (bot.isComplete) this.#insert(bot, place)
  }

  /** Reads the next places from the store. */
  read(): void {
    for (const bot of this.#incomplete) {
      if (!bot.isShort) continue
      for (const place of bot.read(this.#store, this.#applied)) this.#insert(bot, place)
      if (bot.isComplete) this.#incomplete.delete(bot)
    }
  }

  /** Removes up to `count` lanes to take from, which are then held: of each bot the oldest in turn. */
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

  /** The first update of a lane that was held is gone. */
  advance(lane: StoredLane): void {
    lane.shift()
    this.#known -= 1
    this.open(lane)
  }

  /** A lane is no longer held. */
  open(lane: StoredLane): void {
    this.#release(lane)
    this.#offer(lane)
  }

  /** A lane is no longer held, and can be taken from after a while. */
  rest(lane: StoredLane, delayMs: number): void {
    this.#release(lane)
    this.#offerAfter(lane, delayMs)
  }

  /** A lane is no longer held, and nothing is taken from it until the queue is opened again. */
  abandon(lane: StoredLane): void {
    this.#release(lane)
    lane.isHeld = true
  }

  /** Stops all timers. */
  close(): void {
    for (const { lanes } of this.#bots.values()) {
      for (const { rest } of lanes) rest?.stop()
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
    // A lane without updates is held or not there: what is first here was first in the store.
    // It was due by the clock of the day, which is all that is left of the time before this start.
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
    // Of a row that is damaged the time may be no number.
    if (!(waitMs > 0)) return this.#offer(lane)
    lane.rest = idleTimer(() => {
      lane.rest = undefined
      this.#offer(lane)
      this.#opened()
    }, waitMs)
  }
}
