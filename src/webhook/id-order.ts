import { longestTimerMs } from "../ground/timer.js"
import type { UpdateQueue } from "../queue/update-queue.js"

/** An update that arrived before an update with a lower id. Times are readings of `performance.now`. */
interface EarlyUpdate {
  readonly id: number
  /** The time at which the update passes, even if the lower id is still missing. */
  readonly dueMs: number
  /** The time at which the update is parked; `Infinity` if it is parked or cannot be. */
  parkMs: number
  readonly park: Park
  /** Puts the update into the queue, or unparks it. */
  pass: () => void
}

/** Parks an update in the queue, and returns the function that unparks it. */
type Park = () => () => void

/** Returns the default time for which updates wait for a lower id, in milliseconds. */
export function orderLimitOf(queue: Pick<UpdateQueue, "isSingleWriter">): number {
  return queue.isSingleWriter ? 1000 : 0
}

/**
 * The time at a start in which to find the lowest id. Several updates may be on their way at once, and
 * the first to arrive need not have the lowest id.
 */
const firstMs = 50

/** The time after which an early update is parked, so that Telegram gets its answer. */
const parkedAfterMs = 10

/** The time after a wait in vain in which further waits are short. */
const hurriedForMs = 1000
/** The length of such a short wait. */
const hurriedMs = 10

/** The distance of two ids that shows that Telegram has begun a new series of ids. */
const anotherSeries = 100_000

/**
 * The order of updates by their ids. Telegram's ids have no gaps, but Telegram sends messages and presses
 * of buttons of one chat on several connections at once, so that one may overtake another. An update that
 * arrives early, before a lower id, waits until the lower id has come, or until a time limit.
 *
 * If the queue can park updates, an early update is parked after 10 ms, and Telegram gets its answer.
 * Otherwise Telegram waits for the answer too. After a wait in vain the limit is then 10 ms for a
 * second: if every connection waited, Telegram would fall behind even more.
 *
 * A late update, with an id below the next expected one, passes at once. With a limit of 0 all updates
 * pass at once.
 */
export class IdOrder {
  readonly #limitMs: number
  /** The early updates in the order of their ids. */
  readonly #early: EarlyUpdate[] = []
  /** The next expected id; `undefined` at the beginning of a series. */
  #next: number | undefined
  /** The time at which the lowest id so far becomes the first of a series; `undefined` after that. */
  #beginMs: number | undefined
  #hurriedUntilMs = -Infinity
  /** The time at which the timer ends. */
  #timerMs = Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  /**
   * @param limitMs the time for which an update waits for a lower id, in milliseconds
   * @param lastId the last id that came before; `undefined` if it is unknown
   */
  constructor(limitMs: number, lastId?: number) {
    this.#limitMs = limitMs
    this.#next = lastId === undefined ? undefined : lastId + 1
  }

  /**
   * Calls `pass` when all lower ids have come or the time limit is over; possibly at once. If the update
   * is parked before that, calls the function that `park` returned in place of `pass`.
   */
  add(id: number, pass: () => void, park?: Park): void {
    if (this.#limitMs === 0) return pass()
    const next = this.#next ?? -Infinity
    if (this.#next !== undefined && Math.abs(id - next) > anotherSeries) this.#beginSeries()
    else if (id === next) return this.#passUpTo(id, pass)
    else if (id < next) return pass()
    const now = performance.now()
    const dueMs = now + this.#limitAt(now, park !== undefined)
    if (this.#next === undefined) this.#beginMs ??= now + Math.min(firstMs, this.#limitMs)
    const parkMs = park ? Math.max(now + parkedAfterMs, this.#beginMs ?? 0) : Infinity
    this.#insert({ id, pass, dueMs, parkMs, park: park ?? (() => pass) })
    this.#wakeAt(Math.min(dueMs, parkMs, this.#beginMs ?? Infinity))
  }

  /** Returns true if an early update waits for this id or a lower one. */
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

  /** Ends the present series of ids. The first update of the new series waits for lower ids, too. */
  #beginSeries(): void {
    this.flush()
    this.#next = undefined
  }

  /** Makes the lowest id so far the first of the series, and lets its update pass. */
  #begin(): void {
    const [first] = this.#early
    if (first) this.#passUpTo(first.id)
  }

  #limitAt(now: number, canPark: boolean): number {
    const isHurried = !canPark && now < this.#hurriedUntilMs
    return isHurried ? Math.min(hurriedMs, this.#limitMs) : this.#limitMs
  }

  #insert(early: EarlyUpdate): void {
    const at = this.#early.findLastIndex(({ id }) => id <= early.id)
    this.#early.splice(at + 1, 0, early)
  }

  /**
   * Waits one more turn of the event loop. After a stall of the process the timer ends before the
   * requests that arrived meanwhile are read, and one of these requests may contain the missing id.
   */
  #onTimer(): void {
    this.#timer = setTimeout(() => this.#passDueUpdates(), 1)
  }

  #passDueUpdates(): void {
    this.#timer = undefined
    this.#timerMs = Infinity
    const now = performance.now()
    if (this.#beginMs !== undefined && this.#beginMs <= now + 1) this.#begin()
    const last = this.#early.findLast(({ dueMs }) => dueMs <= now + 1)
    if (last && this.#next !== undefined) this.#hurriedUntilMs = now + hurriedForMs
    if (last) this.#passUpTo(last.id)
    for (const early of this.#early) if (early.parkMs <= now + 1) parkNow(early)
    const begin = this.#beginMs ?? Infinity
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
    this.#next = next
    this.#beginMs = undefined
    if (this.#early.length === 0) this.#sleep()
    for (const passNow of passing) passNow()
  }

  /** Sets the timer for a time, unless it ends earlier. A timer for a passed update may end in vain. */
  #wakeAt(ms: number): void {
    if (ms >= this.#timerMs) return
    clearTimeout(this.#timer)
    this.#timerMs = ms
    this.#timer = setTimeout(
      () => this.#onTimer(),
      Math.min(longestTimerMs, Math.max(0, ms - performance.now())),
    )
  }

  #sleep(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#timerMs = Infinity
  }
}

/** Parks an early update, which is then unparked in place of being put. */
function parkNow(early: EarlyUpdate): void {
  early.parkMs = Infinity
  early.pass = early.park()
}
