/** Growing waits between attempts, with jitter. A success calls {@link Backoff.reset}. */
export class Backoff {
  readonly #firstMs: number
  readonly #maxMs: number
  readonly #random: () => number
  #failures = 0

  /**
   * @param options.firstMs the wait after the first failure, in milliseconds; 500 by default
   * @param options.maxMs the longest wait, in milliseconds; 30,000 by default
   * @param options.random a number from 0 to 1; `Math.random` by default
   */
  constructor(options: { firstMs?: number; maxMs?: number; random?: () => number } = {}) {
    this.#firstMs = options.firstMs ?? 500
    this.#maxMs = options.maxMs ?? 30_000
    this.#random = options.random ?? Math.random
  }

  /** The next wait in milliseconds: doubled each time up to the longest, of which the upper half is random. */
  next(): number {
    const full = Math.min(this.#maxMs, this.#firstMs * 2 ** this.#failures)
    this.#failures += 1
    return Math.round(full / 2 + (full / 2) * this.#random())
  }

  /** Starts again from the first wait. */
  reset(): void {
    this.#failures = 0
  }
}
