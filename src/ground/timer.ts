/** The longest wait that `setTimeout` can do; longer ones are made of several. */
export const longestTimerMs = 2 ** 31 - 1

/** Rings once, after any time; after `Infinity` never. */
export class Timer {
  readonly #ring: () => void
  readonly #keepsAlive: boolean
  #handle: ReturnType<typeof setTimeout> | undefined

  /**
   * @param options.keepsAlive whether the process goes on until it has rung, where the runtime
   *   knows the difference; `true` by default
   */
  constructor(ring: () => void, ms: number, options: { readonly keepsAlive?: boolean } = {}) {
    this.#ring = ring
    this.#keepsAlive = options.keepsAlive ?? true
    if (ms !== Infinity) this.#wait(ms)
  }

  /** Rings no more. */
  stop(): void {
    clearTimeout(this.#handle)
  }

  #wait(ms: number): void {
    const leftMs = ms - longestTimerMs
    const next = leftMs > 0 ? () => this.#wait(leftMs) : this.#ring
    this.#handle = setTimeout(next, Math.min(ms, longestTimerMs))
    // Timers are plain numbers outside of Node, Deno and Bun.
    if (!this.#keepsAlive) (this.#handle as { unref?: () => void }).unref?.()
  }
}

/** A timer that the end of the process does not wait for. */
export function idleTimer(ring: () => void, ms: number): Timer {
  return new Timer(ring, ms, { keepsAlive: false })
}
