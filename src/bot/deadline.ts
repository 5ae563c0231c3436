/** Ends one exchange with a server: when nothing has moved for a time, or when its caller aborts. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #ms: number
  readonly #outer: AbortSignal | undefined
  readonly #abort = () => this.#controller.abort(this.#outer?.reason)
  #timer: ReturnType<typeof setTimeout> | undefined
  #hasExpired = false

  /**
   * @param ms how long nothing may move, in milliseconds; `Infinity` for ever
   * @param outer the caller's signal
   */
  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#ms = ms
    this.#outer = outer
    if (outer?.aborted) this.#abort()
    else outer?.addEventListener("abort", this.#abort, { once: true })
    this.resume()
  }

  /** Aborted when the time is over and when the caller aborts. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Whether it was the time that ended it. */
  get hasExpired(): boolean {
    return this.#hasExpired
  }

  /** Starts the time, or starts it anew because something has moved. */
  resume(): void {
    clearTimeout(this.#timer)
    if (this.#ms > longestTimer || this.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#hasExpired = true
      this.#controller.abort()
    }, this.#ms)
  }

  /** Stops the time, while it is not the server that is waited for. */
  pause(): void {
    clearTimeout(this.#timer)
  }

  /** Ends it now, because nobody wants the rest. */
  cancel(): void {
    this.end()
    this.#controller.abort()
  }

  /** Lets go of the timer and of the caller's signal. */
  end(): void {
    clearTimeout(this.#timer)
    this.#outer?.removeEventListener("abort", this.#abort)
  }

  /** The promise's outcome, or a rejection as soon as this ends, whatever the promise does. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this
      const end = () => reject(signal.reason)
      if (signal.aborted) end()
      signal.addEventListener("abort", end, { once: true })
      promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end))
    })
  }
}

/** Timers of JavaScript hold 31 bits; a longer time is as good as none. */
const longestTimer = 2 ** 31 - 1
