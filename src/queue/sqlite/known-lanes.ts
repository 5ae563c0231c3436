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
  /** The sequences of those that are kept back. */
  readonly #early = new Set<number>()
  #known = 0

  constructor({ store, perBot, opened }: KnownLanesOptions) {
    this.#store = store
    this.#opened = opened
    this.#turns = new BotTurns(perBot)
    for (const botId of store.bots()) this.#bot(botId, false)
  }

  /** Whether lanes should be read from the store. */
  get isShort(): boolean {
    for (const bot of this.#incomplete) if (bot.isShort) return true
    return false
  }

  /** Adds what has just been stored, or leaves it to be read. */
  add(place: StoredPlace): void {
    const bot = this.#bot(place.botId, true)
    if (this.#known >= knownAtMost && bot.isComplete) {
      bot.isComplete = false
      this.#incomplete.add(bot)
    }
    if (bot.isComplete) this.#insert(bot, place)
  }

  /** An update is stored whose turn has not come. */
  keepBack(sequence: number): void {
    this.#early.add(sequence)
  }

  /** The turn of an update has come that was kept back, and it has another place. */
  letGo(sequence: number, place: StoredPlace): void {
    this.#early.delete(sequence)
    this.add(place)
  }

  /** Reads the next places from the store. */
  read(): void {
    for (const bot of this.#incomplete) {
      if (!bot.isShort) continue
      for (const place of bot.read(this.#store)) {
        if (!this.#early.has(place.sequence)) this.#insert(bot, place)
      }
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

  /** A lane is no longer held, and can be taken from when it is due. */
  rest(lane: StoredLane, dueAt: number): void {
    this.#release(lane)
    this.#offerWhenDue(lane, dueAt)
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
    if (lane && !lane.isHeld) this.#offerWhenDue(lane, place.dueAt)
  }

  #release(lane: StoredLane): void {
    lane.isHeld = false
    this.#turns.release(this.#bot(lane.botId, true))
  }

  #offer(lane: StoredLane): void {
    const bot = this.#bot(lane.botId, true)
    bot.open(lane)
    this.#turns.line(bot)
  }

  #offerWhenDue(lane: StoredLane, dueAt: number): void {
    const waitMs = dueAt - Date.now()
    if (waitMs <= 0) return this.#offer(lane)
    lane.rest = idleTimer(() => {
      lane.rest = undefined
      // The clock of the day may have been set back.
      this.#offerWhenDue(lane, dueAt)
      if (!lane.rest) this.#opened()
    }, waitMs)
  }
}
