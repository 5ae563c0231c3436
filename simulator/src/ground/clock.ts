/** Something that will happen at its time, unless it is cancelled. */
export interface Timer {
  /** It will not happen. Harmless when it has. */
  cancel(): void
}

/** Where the simulator takes its time from, so that a test can let a day pass at once. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number
  /** Calls `callback` once, `ms` milliseconds from now. */
  setTimeout(callback: () => void, ms: number): Timer
  /**
   * Tells a clock that is moved by hand who may be busy on a real socket: it waits for them between
   * two timers. Returns a function that removes the source.
   */
  watch?(isBusy: () => boolean): () => void
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    const timer = setTimeout(callback, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}
