/** The options of exponential backoff. */
export interface BackoffOptions {
  /** The wait after the first failure, in milliseconds. Default: 500. */
  readonly firstMs?: number
  /** The longest wait, in milliseconds. Default: 30,000. */
  readonly maxMs?: number
  /** The source of the jitter: returns a random number from 0 to 1. Default: `Math.random`. */
  readonly random?: () => number
}

/**
 * Returns a wait in milliseconds: a random value between the half and the whole of a time that starts at
 * `firstMs` and doubles with each failure, up to `maxMs`.
 *
 * @param failures the number of failures before this one
 */
export function backoffMs(failures: number, options: BackoffOptions = {}): number {
  const { firstMs = 500, maxMs = 30_000, random = Math.random } = options
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 64))
  return Math.round(full / 2 + (full / 2) * random())
}

/** Exponential backoff with jitter. A success calls {@link Backoff.reset}. */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions = {}) {
    this.#options = options
  }

  /** Returns the next wait in milliseconds. */
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
