import type { UpdateQueue } from "../queue/update-queue.js"

/** An update that is here before one with a lower id. */
interface Early {
  readonly id: number
  /** When it waits no longer. */
  readonly dueMs: number
  /** When it is kept, as `performance.now` counts; `Infinity` where it is, or cannot be. */
  keepMs: number
  readonly park: Park
  pass: () => void
}

/** Has an update stored before its turn; returns what says that its turn has come. */
type Park = () => () => void

/** How long updates wait for others, in milliseconds, unless told otherwise. */
export function orderLimitOf(queue: Pick<UpdateQueue, "isSingleWriter">): number {
  return queue.isSingleWriter ? 1000 : 0
}

/** At a start several may be on their way, and the first to come need not be the lowest. */
const firstMs = 50

/** For longer nobody is kept waiting for an answer. */
const keptAfterMs = 10

/** After a wait in vain Telegram is behind, and what is missing comes when it comes. */
const hurriedForMs = 1000
const hurriedMs = 10

/** Ids that are farther apart belong to another count: Telegram has begun anew. */
const anotherCount = 100_000

/**
 * Lets updates pass in the order of their ids. Telegram counts without gaps, but sends messages and
 * presses of one chat on different connections at the same time, so one may overtake the other on
 * its way. What comes before its turn waits for what is missing, though not for longer than a limit.
 *
 * Where a queue can store what has come early, it does so after 10 ms, and Telegram gets its answer.
 * Else Telegram waits too; then the limit is 10 ms for a second after a wait in vain, because every
 * connection would wait, and Telegram fall behind even more.
 *
 * What comes late passes at once, and so does everything where the limit is 0.
 */
export class IdOrder {
  readonly #limitMs: number
  /** In the order of their ids. */
  readonly #early: Early[] = []
  /** The id whose turn it is; `undefined` before the first. */
  #next: number | undefined
  /** When the count begins of which some have come; `undefined` after that. */
  #beginMs: number | undefined
  #hurriedUntilMs = -Infinity
  /** When the timer is up at the latest. */
  #timerMs = Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  /**
   * @param limitMs how long an update waits for others, in milliseconds
   * @param lastId the last one before, where that is known
   */
  constructor(limitMs: number, lastId?: number) {
    this.#limitMs = limitMs
    this.#next = lastId === undefined ? undefined : lastId + 1
  }

  /**
   * Calls `pass` when it is the turn of this id, or its time is up; possibly at once. Where `park` is
   * called first, what that returns is called in its place.
   */
  add(id: number, pass: () => void, park?: Park): void {
    if (this.#limitMs === 0) return pass()
    const next = this.#next ?? -Infinity
    if (this.#next !== undefined && Math.abs(id - next) > anotherCount) this.#beginAnew()
    else if (id === next) return this.#passUpTo(id, pass)
    else if (id < next) return pass()
    const now = performance.now()
    const dueMs = now + this.#limitAt(now, park !== undefined)
    if (this.#next === undefined) this.#beginMs ??= now + Math.min(firstMs, this.#limitMs)
    const keepMs = park ? Math.max(now + keptAfterMs, this.#beginMs ?? 0) : Infinity
    this.#insert({ id, pass, dueMs, keepMs, park: park ?? (() => pass) })
    this.#wakeAt(Math.min(dueMs, keepMs, this.#beginMs ?? Infinity))
  }

  /** Whether something waits for an update with this id or a lower one. */
  awaits(id: number): boolean {
    return id < (this.#early.at(-1)?.id ?? -Infinity)
  }

  /** Whether something waits. */
  get isWaiting(): boolean {
    return this.#early.length > 0
  }

  /** Lets all pass that wait, in their order. */
  flush(): void {
    const last = this.#early.at(-1)
    if (last) this.#passUpTo(last.id)
  }

  /** The first of a count waits too. */
  #beginAnew(): void {
    this.flush()
    this.#next = undefined
  }

  /** The lowest that has come is the first, and what follows it with a gap waits for that. */
  #begin(): void {
    const [first] = this.#early
    if (first) this.#passUpTo(first.id)
  }

  #limitAt(now: number, isKept: boolean): number {
    const isHurried = !isKept && now < this.#hurriedUntilMs
    return isHurried ? Math.min(hurriedMs, this.#limitMs) : this.#limitMs
  }

  #insert(early: Early): void {
    const at = this.#early.findLastIndex(({ id }) => id <= early.id)
    this.#early.splice(at + 1, 0, early)
  }

  /** After a stall the time is up before what has arrived meanwhile is read: that comes first. */
  #timeIsUp(): void {
    this.#timer = setTimeout(() => this.#look(), 1)
  }

  #look(): void {
    this.#timer = undefined
    this.#timerMs = Infinity
    const now = performance.now()
    if (this.#beginMs !== undefined && this.#beginMs <= now + 1) this.#begin()
    const last = this.#early.findLast(({ dueMs }) => dueMs <= now + 1)
    if (last && this.#next !== undefined) this.#hurriedUntilMs = now + hurriedForMs
    if (last) this.#passUpTo(last.id)
    for (const early of this.#early) if (early.keepMs <= now + 1) parkNow(early)
    const begin = this.#beginMs ?? Infinity
    this.#wakeAt(this.#early.reduce((least, one) => Math.min(least, one.dueMs, one.keepMs), begin))
  }

  /** Passes what waits up to an id, and what follows it without a gap. */
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
    for (const one of passing) one()
  }

  /** The timer may be up before: who it was for may have passed. */
  #wakeAt(ms: number): void {
    if (ms >= this.#timerMs) return
    clearTimeout(this.#timer)
    this.#timerMs = ms
    this.#timer = setTimeout(() => this.#timeIsUp(), Math.max(0, ms - performance.now()))
  }

  #sleep(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#timerMs = Infinity
  }
}

/** Has it stored; its turn comes all the same. */
function parkNow(early: Early): void {
  early.keepMs = Infinity
  early.pass = early.park()
}
