import type { BotTurn } from "../bot-turns.js"
import { Lane, type LaneBot, type QueuedUpdate } from "./lane.js"
import { ReadyLanes } from "./ready-lanes.js"
import { ValuesById } from "./values-by-id.js"

/** The number of idle lanes of all bots together from which on a bot drops its idle lanes. */
const manyIdleLanes = 1024

/** The number of idle lanes of all bots of a queue. */
export interface IdleLanes {
  count: number
}

/** The updates and lanes of one bot in a `Backlog`. */
export class BotUpdates implements LaneBot {
  readonly id: number
  /** The updates of the bot, by `update_id`: waiting updates and updates in workers' hands. */
  readonly queued = new ValuesById<QueuedUpdate>()
  readonly ready = new ReadyLanes()
  held = 0
  isInLine = false
  nextInLine: BotTurn<Lane> | undefined = undefined
  readonly #idleOfAll: IdleLanes
  #idleCount = 0
  /** The lanes by name, including idle lanes. */
  #lanes = new Map<string, Lane>()

  /** @param idleOfAll counts the idle lanes of all bots */
  constructor(id: number, idleOfAll: IdleLanes) {
    this.id = id
    this.#idleOfAll = idleOfAll
  }

  /** True if the bot has no update and is not in the line of bots. */
  get isIdle(): boolean {
    return this.queued.size === 0 && this.held === 0 && !this.isInLine
  }

  /** The lanes of the bot, including idle lanes. */
  get lanes(): Iterable<Lane> {
    return this.#lanes.values()
  }

  /** Returns a lane by its name. Creates an idle lane if there is none. */
  lane(name: string): Lane {
    const known = this.#lanes.get(name)
    if (known) return known
    const hasManyIdle = this.#idleOfAll.count >= manyIdleLanes
    if (hasManyIdle && this.#idleCount > this.#lanes.size / 2) this.dropIdleLanes()
    const lane = new Lane(this, name)
    this.#lanes.set(name, lane)
    this.#countIdle(1)
    return lane
  }

  /** Marks a lane as no longer idle, because it gets an update. */
  occupy(lane: Lane): void {
    if (lane.isIdle) this.#countIdle(-1)
    lane.isIdle = false
  }

  /**
   * Makes an empty lane idle, and keeps the lane for its next update. A `Map` from which each empty lane is
   * deleted causes garbage collections in V8 (docs/decisions/0024-garbage.md).
   */
  release(lane: Lane): void {
    if (!lane.isIdle) this.#countIdle(1)
    lane.isIdle = true
  }

  /** Forgets the idle lanes. */
  dropIdleLanes(): void {
    this.#lanes = new Map([...this.#lanes].filter(([, lane]) => !lane.isIdle))
    this.#countIdle(-this.#idleCount)
  }

  #countIdle(difference: number): void {
    this.#idleCount += difference
    this.#idleOfAll.count += difference
  }
}
