/** The longest time between two snapshots of an answer, in milliseconds. */
const longestMs = 30_000
/** The number of snapshots after which the interval grows: Telegram's limit per minute in a group. */
const snapshotsAtFullPace = 20

/** The times at which the snapshots of a growing answer may be shown. */
export class Pace {
  #intervalMs: number
  #nextAt: number
  #count = 0

  /**
   * @param options.firstMs the time until the first snapshot, in milliseconds
   * @param options.intervalMs the shortest time between two snapshots, in milliseconds
   */
  constructor(options: { readonly firstMs: number; readonly intervalMs: number }) {
    this.#intervalMs = options.intervalMs
    this.#nextAt = performance.now() + options.firstMs
  }

  /** The time until the next snapshot may be shown, in milliseconds. */
  get remainingMs(): number {
    return Math.max(0, this.#nextAt - performance.now())
  }

  /**
   * Records that a snapshot was shown.
   *
   * @param costMs the time that the program needed to format the snapshot, in milliseconds; the next one comes
   *   after at least four times as long
   */
  shown(costMs: number): void {
    this.#count += 1
    if (this.#count % snapshotsAtFullPace === 0) this.#slowDown(1.5)
    this.#wait(Math.max(this.#intervalMs, 4 * costMs))
  }

  /**
   * Makes the snapshots rarer after a refusal.
   *
   * @param pauseMs the time for which Telegram accepts nothing, in milliseconds
   */
  refused(pauseMs: number): void {
    this.#slowDown(2)
    this.#wait(Math.max(this.#intervalMs, pauseMs))
  }

  #slowDown(factor: number): void {
    this.#intervalMs = Math.min(this.#intervalMs * factor, Math.max(longestMs, this.#intervalMs))
  }

  #wait(ms: number): void {
    this.#nextAt = performance.now() + ms
  }
}
