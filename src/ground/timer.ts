/** The longest wait of `setTimeout`, in milliseconds. */
export const longestTimerMs = 2 ** 31 - 1

/** A timer that calls a function once, after any number of milliseconds; with `Infinity`, never. */
export class Timer {
  readonly #ring: () => void
  readonly #keepsAlive: boolean
  #handle: ReturnType<typeof setTimeout> | undefined

  /**
   * @param options.keepsAlive whether the timer keeps the process alive, on runtimes whose timers have
   *   `unref`. Default: `true`.
   */
  constructor(ring: () => void, ms: number, options: { readonly keepsAlive?: boolean } = {}) {
    this.#ring = ring
    this.#keepsAlive = options.keepsAlive ?? true
    if (ms !== Infinity) this.#wait(ms)
  }

  /** Stops the timer. */
  stop(): void {
    clearTimeout(this.#handle)
  }

  #wait(ms: number): void {
    const leftMs = ms - longestTimerMs
    const next = leftMs > 0 ? () => this.#wait(leftMs) : this.#ring
    this.#handle = setTimeout(next, Math.min(ms, longestTimerMs))
    // Only Node, Deno and Bun have timers that are objects with `unref`.
    if (!this.#keepsAlive) (this.#handle as { unref?: () => void }).unref?.()
  }
}

/** Returns a timer that does not keep the process alive. */
export function idleTimer(ring: () => void, ms: number): Timer {
  return new Timer(ring, ms, { keepsAlive: false })
}
