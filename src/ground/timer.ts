/** The longest wait of `setTimeout`, in milliseconds. */
export const longestTimerMs = 2 ** 31 - 1

/** A timer that calls a function once, after any number of milliseconds; with `Infinity`, never. */
export class Timer {
  readonly #callback: () => void
  readonly #keepsAlive: boolean
  #handle: ReturnType<typeof setTimeout> | undefined

  /**
   * @param options.keepsAlive whether the timer keeps the process alive, on runtimes whose timers have
   *   `unref`. Default: `true`.
   */
  constructor(callback: () => void, ms: number, options: { readonly keepsAlive?: boolean } = {}) {
    this.#callback = callback
    this.#keepsAlive = options.keepsAlive ?? true
    if (ms !== Infinity) this.#wait(ms)
  }

  /** Stops the timer. */
  stop(): void {
    clearTimeout(this.#handle)
  }

  #wait(ms: number): void {
    const remainingMs = ms - longestTimerMs
    const next = remainingMs > 0 ? () => this.#wait(remainingMs) : this.#callback
    this.#handle = setTimeout(next, Math.min(ms, longestTimerMs))
    // In some runtimes, such as Workers, a timer is a number without `unref`.
    if (!this.#keepsAlive) (this.#handle as { unref?: () => void }).unref?.()
  }
}

/** Returns a timer that does not keep the process alive. */
export function idleTimer(callback: () => void, ms: number): Timer {
  return new Timer(callback, ms, { keepsAlive: false })
}
