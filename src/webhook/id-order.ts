import { longestTimerMs } from "../ground/timer.js"
import type { UpdateQueue } from "../queue/update-queue.js"

/** An update that arrived before an update with a lower id. All times are on the clock of `performance.now`. */
interface EarlyUpdate {
  readonly id: number
  /** The latest time at which the update is passed to the queue, even if a lower id is missing. */
  readonly dueMs: number
  /** The time at which to park the update; `Infinity` if it is parked, or if the queue cannot park. */
  parkMs: number
  readonly park: Park
  /** Puts the update into the queue, or unparks it. */
  pass: () => void
}

/** Parks an update in the queue, and returns the function that unparks it. */
type Park = () => () => void

/**
 * Returns the default time for which updates wait for a lower id, in milliseconds: 0 with several writers,
 * because the lower id may have gone to another process.
 */
export function defaultOrderLimitMs(queue: Pick<UpdateQueue, "isSingleWriter">): number {
  return queue.isSingleWriter ? 1000 : 0
}

/**
 * The time for which the first update of a series waits, in milliseconds. Telegram sends several updates
 * at once, so an update with a lower id may still arrive.
 */
const firstWaitMs = 50

/** The time after which an early update is parked, so that Telegram gets its answer, in milliseconds. */
const parkAfterMs = 10

/** The time for which waits are short after an update has waited in vain, in milliseconds. */
const shortWaitsForMs = 1000
/** The longest duration of a short wait, in milliseconds. */
const shortWaitMs = 10

/**
 * The largest jump of the ids within one series. A larger jump begins a new series, because Telegram
 * sometimes continues with ids from another number.
 */
const seriesGap = 100_000

/**
 * The buffer that passes updates to the queue in the order of their ids. The ids of a series have no gaps,
 * but Telegram sends the messages and button presses of a chat over several connections at once, so one
 * update may overtake another. An *early* update arrives before an update with a lower id: it waits until
 * all lower ids have come, or until a time limit.
 *
 * If the queue can park updates, an early update is parked after 10 ms, and Telegram gets its answer.
 * Otherwise Telegram waits for the answer as long as the update waits. After such a wait was in vain,
 * updates wait at most 10 ms during the next second: if updates waited on all of Telegram's connections,
 * Telegram could not send the missing one.
 *
 * A late update, with an id below the next expected one, is passed at once. With a limit of 0 all updates
 * are passed at once.
 */
export class IdOrder {
  static readonly #unordered = new IdOrder(0)
  readonly #limitMs: number
  /** The early updates in the order of their ids. */
  readonly #early: EarlyUpdate[] = []
  /** The next expected id; `undefined` at the beginning of a series. */
  #nextId: number | undefined
  /** The time at which the lowest early id becomes the first id of a series; `undefined` within a series. */
  #seriesBeginMs: number | undefined
  #shortWaitsUntilMs = -Infinity
  /** The time at which the timer fires; `Infinity` if no timer is set. */
  #timerMs = Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  /**
   * @param limitMs the time for which an update waits for a lower id, in milliseconds
   * @param lastId the highest id that was received before; `undefined` if it is unknown
   */
  constructor(limitMs: number, lastId?: number) {
    this.#limitMs = limitMs
    this.#nextId = lastId === undefined ? undefined : lastId + 1
  }

  /**
   * Returns the order of a bot's ids. An order with a limit of 0 has no state, so all bots share one.
   *
   * @param limitMs the time for which an update waits for a lower id, in milliseconds
   * @param lastId the highest id that was received before; `undefined` if it is unknown
   */
  static of(limitMs: number, lastId?: number): IdOrder {
    return limitMs === 0 ? IdOrder.#unordered : new IdOrder(limitMs, lastId)
  }

  /**
   * Calls `pass` when all lower ids have come or the time limit is over; possibly at once. If the update
   * was parked meanwhile, the function that `park` returned is called instead of `pass`.
   */
  add(id: number, pass: () => void, park?: Park): void {
    if (this.#limitMs === 0) return pass()
    const next = this.#nextId ?? -Infinity
    if (this.#nextId !== undefined && Math.abs(id - next) > seriesGap) this.#beginSeries()
    else if (id === next) return this.#passUpTo(id, pass)
    else if (id < next) return pass()
    const now = performance.now()
    const dueMs = now + this.#waitLimitMs(now, park !== undefined)
    if (this.#nextId === undefined)
      this.#seriesBeginMs ??= now + Math.min(firstWaitMs, this.#limitMs)
    const parkMs = park ? Math.max(now + parkAfterMs, this.#seriesBeginMs ?? 0) : Infinity
    this.#insert({ id, pass, dueMs, parkMs, park: park ?? (() => pass) })
    this.#wakeAt(Math.min(dueMs, parkMs, this.#seriesBeginMs ?? Infinity))
  }

  /** Returns true if an update with a higher id is waiting. */
  awaits(id: number): boolean {
    return id < (this.#early.at(-1)?.id ?? -Infinity)
  }

  /** True if an early update waits. */
  get isWaiting(): boolean {
    return this.#early.length > 0
  }

  /** Lets all early updates pass, in the order of their ids. */
  flush(): void {
    const last = this.#early.at(-1)
    if (last) this.#passUpTo(last.id)
  }

  /** Ends the current series of ids. The first update of the new series waits for lower ids, too. */
  #beginSeries(): void {
    this.flush()
    this.#nextId = undefined
  }

  /** Makes the lowest id so far the first of the series, and lets its update pass. */
  #passFirst(): void {
    const [first] = this.#early
    if (first) this.#passUpTo(first.id)
  }

  #waitLimitMs(now: number, canPark: boolean): number {
    const isShort = !canPark && now < this.#shortWaitsUntilMs
    return isShort ? Math.min(shortWaitMs, this.#limitMs) : this.#limitMs
  }

  #insert(early: EarlyUpdate): void {
    const position = this.#early.findLastIndex(({ id }) => id <= early.id)
    this.#early.splice(position + 1, 0, early)
  }

  /**
   * Waits one more turn of the event loop. After a stall of the process the timer fires before the
   * requests that arrived meanwhile are read, and one of these requests may contain the missing id.
   */
  #onTimer(): void {
    this.#timer = setTimeout(() => this.#passDueUpdates(), 1)
  }

  #passDueUpdates(): void {
    this.#timer = undefined
    this.#timerMs = Infinity
    const now = performance.now()
    if (this.#seriesBeginMs !== undefined && this.#seriesBeginMs <= now + 1) this.#passFirst()
    const last = this.#early.findLast(({ dueMs }) => dueMs <= now + 1)
    if (last && this.#nextId !== undefined) this.#shortWaitsUntilMs = now + shortWaitsForMs
    if (last) this.#passUpTo(last.id)
    for (const early of this.#early) if (early.parkMs <= now + 1) parkNow(early)
    const begin = this.#seriesBeginMs ?? Infinity
    this.#wakeAt(
      this.#early.reduce((first, { dueMs, parkMs }) => Math.min(first, dueMs, parkMs), begin),
    )
  }

  /** Lets the early updates up to an id pass, and the following ones up to the next missing id. */
  #passUpTo(id: number, pass?: () => void): void {
    const passing = pass ? [pass] : []
    let next = id + 1
    let count = 0
    for (const early of this.#early) {
      if (early.id > next) break
      next = Math.max(next, early.id + 1)
      passing.push(early.pass)
      count += 1
    }
    this.#early.splice(0, count)
    this.#nextId = next
    this.#seriesBeginMs = undefined
    if (this.#early.length === 0) this.#stopTimer()
    for (const passNow of passing) passNow()
  }

  /**
   * Sets the timer to `ms`, unless it fires earlier. The timer is not reset when the update that it was set
   * for is passed, so it may fire without effect.
   */
  #wakeAt(ms: number): void {
    if (ms >= this.#timerMs) return
    clearTimeout(this.#timer)
    this.#timerMs = ms
    this.#timer = setTimeout(
      () => this.#onTimer(),
      Math.min(longestTimerMs, Math.max(0, ms - performance.now())),
    )
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#timerMs = Infinity
  }
}

/** Parks an early update. Its `pass` then unparks the update instead of putting it. */
function parkNow(early: EarlyUpdate): void {
  early.parkMs = Infinity
  early.pass = early.park()
}
