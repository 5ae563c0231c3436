/** An update that is here before one with a lower id. */
interface Early {
  readonly id: number
  readonly dueMs: number
  readonly pass: () => void
}

/** After a wait in vain Telegram is behind, and what is missing comes when it comes. */
const hurriedForMs = 1000
const hurriedMs = 10

/** Ids that are farther apart belong to another count: Telegram has begun anew. */
const anotherCount = 100_000

/**
 * Lets updates pass in the order of their ids. Telegram counts without gaps, but sends messages and
 * presses of one chat on different connections at the same time, so one may overtake the other on
 * its way. What comes before its turn waits for what is missing, though not for longer than a limit.
 * Where that was in vain, because Telegram holds back what is missing, the limit is 10 ms for a
 * second: else every connection would wait, and Telegram fall behind even more.
 *
 * What comes late passes at once, and so does everything where the limit is 0.
 */
export class IdOrder {
  readonly #limitMs: number
  /** In the order of their ids. */
  readonly #early: Early[] = []
  /** The id whose turn it is; `undefined` before the first. */
  #next: number | undefined
  #hurriedUntilMs = -Infinity
  /** When the timer is up. */
  #dueMs = Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param limitMs how long an update waits for others, in milliseconds */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** Calls `pass` when it is the turn of this id, or its time is up; possibly at once. */
  add(id: number, pass: () => void): void {
    if (this.#limitMs === 0) return pass()
    const next = this.#next ?? -Infinity
    if (this.#next !== undefined && Math.abs(id - next) > anotherCount) this.#beginAnew()
    else if (id === next) return this.#passUpTo(id, pass)
    else if (id < next) return pass()
    const now = performance.now()
    const limitMs = now < this.#hurriedUntilMs ? Math.min(hurriedMs, this.#limitMs) : this.#limitMs
    this.#keep({ id, pass, dueMs: now + limitMs })
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

  /** The first of a count waits too: at a start, several may be on their way. */
  #beginAnew(): void {
    this.flush()
    this.#next = undefined
  }

  #keep(early: Early): void {
    const at = this.#early.findLastIndex(({ id }) => id <= early.id)
    this.#early.splice(at + 1, 0, early)
    this.#await()
  }

  /** After a stall the time is up before what has arrived meanwhile is read: that comes first. */
  #timeIsUp(): void {
    this.#timer = setTimeout(() => this.#passDue(), 1)
  }

  #passDue(): void {
    this.#timer = undefined
    this.#dueMs = Infinity
    const now = performance.now()
    const last = this.#early.findLast(({ dueMs }) => dueMs <= now + 1)
    if (!last) return this.#await()
    if (this.#next !== undefined) this.#hurriedUntilMs = now + hurriedForMs
    this.#passUpTo(last.id)
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
    this.#await()
    for (const one of passing) one()
  }

  #await(): void {
    const dueMs = this.#early.reduce((least, one) => Math.min(least, one.dueMs), Infinity)
    if (dueMs === this.#dueMs) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#dueMs = dueMs
    if (dueMs === Infinity) return
    this.#timer = setTimeout(() => this.#timeIsUp(), Math.max(0, dueMs - performance.now()))
  }
}
