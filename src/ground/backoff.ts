/** How waits grow. */
export interface BackoffOptions {
  /** The wait after the first failure, in milliseconds; 500 by default. */
  readonly firstMs?: number
  /** The longest wait, in milliseconds; 30,000 by default. */
  readonly maxMs?: number
  /** A number from 0 to 1; `Math.random` by default. */
  readonly random?: () => number
}

/**
 * A wait in milliseconds: doubled with each failure up to the longest, the upper half of it random.
 *
 * @param failures how many there have been before this one
 */
export function backoffMs(failures: number, options: BackoffOptions = {}): number {
  const { firstMs = 500, maxMs = 30_000, random = Math.random } = options
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 64))
  return Math.round(full / 2 + (full / 2) * random())
}

/** Growing waits between attempts, with jitter. A success calls {@link Backoff.reset}. */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions = {}) {
    this.#options = options
  }

  /** The next wait in milliseconds. */
  next(): number {
    const waitMs = backoffMs(this.#failures, this.#options)
    this.#failures += 1
    return waitMs
  }

  /** Starts again from the first wait. */
  reset(): void {
    this.#failures = 0
  }
}
