/** A pending callback. */
export interface Timer {
  /** Cancels the callback; has no effect afterwards. */
  cancel(): void
}

/** The source of time for the simulator; a test can replace it to let a day pass at once. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number
  /** Calls `callback` once, `ms` milliseconds from now. */
  setTimeout(callback: () => void, ms: number): Timer
  /**
   * Registers a source of activity on real sockets: a clock that is moved by hand waits between two
   * timers while `isBusy` returns true. Returns a function that removes the source.
   */
  watch?(isBusy: () => boolean): () => void
}

/** The system clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    const timer = setTimeout(callback, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}
