import { idleTimer, type Timer } from "../../ground/timer.js"

/** An update or a lane whose acknowledgement delay an {@link AckTimer} measures. */
export abstract class Watched {
  /** The time when the delay began, on the clock of `performance.now`, in milliseconds. */
  since = 0
  /** True while an {@link AckTimer} measures the delay. */
  isWatched = false
  /** The entry before this one in the timer's list: its delay began earlier. */
  older: Watched | undefined = undefined
  /** The entry after this one in the timer's list. */
  newer: Watched | undefined = undefined

  /**
   * Called once, when the delay is over.
   *
   * @param begunBefore every delay that began at or before this time is over, on the clock of
   *   `performance.now`
   */
  abstract expired(begunBefore: number): void
}

/**
 * A timer that measures any number of acknowledgement delays. All delays have the same length, so that
 * the one that begins first also ends first: a list in the order of their beginnings is enough. The
 * timer does not keep the process alive.
 */
export class AckTimer {
  readonly #holdMs: number
  #oldest: Watched | undefined
  #newest: Watched | undefined
  #timer: Timer | undefined

  /** @param holdMs the length of every delay in milliseconds; with `Infinity` no delay ever ends */
  constructor(holdMs: number) {
    this.#holdMs = holdMs
  }

  /** Begins a delay. `now` must not be earlier than the beginning of any earlier delay. */
  watch(entry: Watched, now: number): void {
    entry.since = now
    if (this.#holdMs === Infinity) return
    entry.isWatched = true
    entry.older = this.#newest
    if (this.#newest) this.#newest.newer = entry
    else this.#oldest = entry
    this.#newest = entry
    if (this.#timer === undefined) this.#arm(this.#holdMs)
  }

  /** Cancels the delay of an entry, if the delay has not ended. */
  unwatch(entry: Watched): void {
    if (!entry.isWatched) return
    const { older, newer } = entry
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
    entry.isWatched = false
    entry.older = entry.newer = undefined
  }

  /** Cancels all delays. */
  stop(): void {
    this.#timer?.stop()
    this.#timer = undefined
    while (this.#oldest) this.unwatch(this.#oldest)
  }

  #arm(ms: number): void {
    this.#timer = idleTimer(() => this.#ring(), ms)
  }

  #ring(): void {
    this.#timer = undefined
    const begunBefore = performance.now() - this.#holdMs
    for (let entry = this.#oldest; entry && entry.since <= begunBefore; entry = this.#oldest) {
      this.unwatch(entry)
      entry.expired(begunBefore)
    }
    if (this.#oldest) this.#arm(Math.max(1, Math.ceil(this.#oldest.since - begunBefore)))
  }
}
