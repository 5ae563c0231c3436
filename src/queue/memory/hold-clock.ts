import { idleTimer, type Timer } from "../../ground/timer.js"

/** Something that a {@link HoldClock} can tell that its hold is over. */
export abstract class Held {
  /** When the hold began, in the milliseconds of `performance.now()`. */
  since = 0
  /** Whether a clock watches it. */
  isWatched = false
  /** Its neighbours in the clock's list. */
  older: Held | undefined = undefined
  newer: Held | undefined = undefined

  /** Called once, when the hold is over. */
  abstract outlasted(agedBefore: number): void
}

/**
 * Watches any number of holds, all of one length, with one timer: what begins later ends later, so
 * a list in order of beginning is enough. The timer does not keep the process alive.
 */
export class HoldClock {
  readonly #holdMs: number
  #oldest: Held | undefined
  #newest: Held | undefined
  #timer: Timer | undefined

  /** @param holdMs the length of every hold in milliseconds; with `Infinity` nothing is watched */
  constructor(holdMs: number) {
    this.#holdMs = holdMs
  }

  /** Begins a hold, at `now`, which is never earlier than that of any hold before it. */
  watch(held: Held, now: number): void {
    held.since = now
    if (this.#holdMs === Infinity) return
    held.isWatched = true
    held.older = this.#newest
    if (this.#newest) this.#newest.newer = held
    else this.#oldest = held
    this.#newest = held
    if (this.#timer === undefined) this.#arm(this.#holdMs)
  }

  /** Ends a hold early, if it has not ended. */
  forget(held: Held): void {
    if (!held.isWatched) return
    const { older, newer } = held
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
    held.isWatched = false
    held.older = held.newer = undefined
  }

  /** Ends all holds early. */
  stop(): void {
    this.#timer?.stop()
    this.#timer = undefined
    while (this.#oldest) this.forget(this.#oldest)
  }

  #arm(ms: number): void {
    this.#timer = idleTimer(() => this.#ring(), ms)
  }

  #ring(): void {
    this.#timer = undefined
    const agedBefore = performance.now() - this.#holdMs
    for (let held = this.#oldest; held && held.since <= agedBefore; held = this.#oldest) {
      this.forget(held)
      held.outlasted(agedBefore)
    }
    if (this.#oldest) this.#arm(Math.max(1, Math.ceil(this.#oldest.since - agedBefore)))
  }
}
