import { type AbortListener, offAbort, onAbort } from "../ground/abort-listeners.js"
import { longestTimerMs } from "../ground/timer.js"

/**
 * Ends one exchange with a server: when nothing has moved for a time, or when its caller aborts.
 *
 * Every call has one, so it is made of less than an `AbortController`; a signal is made for those who
 * need one.
 */
export class Deadline {
  readonly #ms: number
  readonly #outer: AbortSignal | undefined
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #controller: AbortController | undefined
  readonly #cancel: AbortListener | undefined
  #state: "running" | "expired" | "cancelled" | "over" = "running"

  /**
   * @param ms how long nothing may move, in milliseconds; `Infinity` for ever
   * @param outer the caller's signal
   */
  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#ms = ms
    this.#outer = outer
    if (outer?.aborted) this.#state = "cancelled"
    else if (outer) onAbort(outer, (this.#cancel = () => this.cancel()))
    this.resume()
  }

  /** Whether it was the time that ended it. */
  get hasExpired(): boolean {
    return this.#state === "expired"
  }

  /** Whether it has ended before what it is for was done. */
  get isAborted(): boolean {
    return this.#state === "expired" || this.#state === "cancelled"
  }

  /** Aborted when this ends before what it is for is done. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.isAborted) this.#controller.abort()
    return this.#controller.signal
  }

  /** Calls the listener when this ends before what it is for is done, at once if it has already. */
  onAbort(listener: () => void): void {
    if (this.isAborted) listener()
    else this.#listeners.add(listener)
  }

  /**
   * Starts the time, or restarts it because something has moved.
   *
   * @param extraMs how much longer it is this time, in milliseconds
   */
  resume(extraMs = 0): void {
    clearTimeout(this.#timer)
    const ms = this.#ms + extraMs
    // A time that is longer than a timer can wait is as good as none.
    if (ms > longestTimerMs || this.#state !== "running") return
    this.#timer = setTimeout(expire, ms, this)
  }

  /** Stops the time, while it is not the server that is waited for. */
  pause(): void {
    clearTimeout(this.#timer)
  }

  /** Ends it now, because nobody wants the rest. */
  cancel(): void {
    this.#abort("cancelled")
  }

  /** The time is over. */
  expire(): void {
    this.#abort("expired")
  }

  /** Lets go of the timer and of the caller's signal: what it is for is done. */
  end(): void {
    clearTimeout(this.#timer)
    if (this.#outer && this.#cancel) offAbort(this.#outer, this.#cancel)
    if (this.#state === "running") this.#state = "over"
  }

  /** The promise's outcome, or a rejection as soon as this ends, whatever the promise does. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(new Error("Ended before its outcome"))
      this.onAbort(stop)
      const settle = () => this.#listeners.delete(stop)
      promise.then(
        (value) => (settle(), resolve(value)),
        (error: unknown) => (settle(), reject(error)),
      )
    })
  }

  #abort(state: "expired" | "cancelled"): void {
    if (this.#state !== "running") return
    this.#state = state
    this.end()
    this.#controller?.abort()
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}

function expire(deadline: Deadline): void {
  deadline.expire()
}
