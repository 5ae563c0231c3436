import { idleTimer, type Timer } from "../../ground/timer.js"

/** An update or a lane whose acknowledgement delay an {@link AckTimer} measures. */
export abstract class WatchedEntry {
  /** The time when the delay began, in milliseconds on the clock of `performance.now`. */
  beganMs = 0
  /** True while an {@link AckTimer} measures the delay. */
  isWatched = false
  /** The entry before this one in the timer's list: its delay began earlier. */
  older: WatchedEntry | undefined = undefined
  /** The entry after this one in the timer's list. */
  newer: WatchedEntry | undefined = undefined

  /**
   * Called once, when the delay is over.
   *
   * @param begunBefore a time on the clock of `performance.now`: the delays that began at that time or
   *   earlier are over
   */
  abstract onDelayEnd(begunBefore: number): void
}

/**
 * A timer that measures any number of acknowledgement delays. All delays have the same length and
 * therefore end in the order in which they began, so that a linked list in this order is enough. The
 * timer does not keep the process alive.
 */
export class AckTimer {
  readonly #holdMs: number
  #oldest: WatchedEntry | undefined
  #newest: WatchedEntry | undefined
  #timer: Timer | undefined

  /** @param holdMs the length of every delay in milliseconds; with `Infinity` no delay ever ends */
  constructor(holdMs: number) {
    this.#holdMs = holdMs
  }

  /**
   * Begins the delay of an entry.
   *
   * @param now the present time on the clock of `performance.now`; never earlier than in the last call
   */
  watch(entry: WatchedEntry, now: number): void {
    entry.beganMs = now
    if (this.#holdMs === Infinity) return
    entry.isWatched = true
    entry.older = this.#newest
    if (this.#newest) this.#newest.newer = entry
    else this.#oldest = entry
    this.#newest = entry
    if (this.#timer === undefined) this.#startTimer(this.#holdMs)
  }

  /** Cancels the delay of an entry, if the delay has not ended. */
  unwatch(entry: WatchedEntry): void {
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

  #startTimer(ms: number): void {
    this.#timer = idleTimer(() => this.#endDelays(), ms)
  }

  #endDelays(): void {
    this.#timer = undefined
    const begunBefore = performance.now() - this.#holdMs
    for (let entry = this.#oldest; entry && entry.beganMs <= begunBefore; entry = this.#oldest) {
      this.unwatch(entry)
      entry.onDelayEnd(begunBefore)
    }
    if (this.#oldest) this.#startTimer(Math.max(1, Math.ceil(this.#oldest.beganMs - begunBefore)))
  }
}
