import { type AbortListener, offAbort, onAbort } from "../ground/abort-listeners.js"
import { longestTimerMs } from "../ground/timer.js"

/**
 * The time limit of one request: aborts the request after a time without progress, or when the caller
 * aborts.
 *
 * Each call has a deadline, so a deadline is cheaper than an `AbortController`: it creates a signal only on
 * demand.
 */
export class Deadline {
  readonly #ms: number
  readonly #callerSignal: AbortSignal | undefined
  /** The listeners; `undefined` after the end, so that a deadline holds no answer. */
  #listeners: Set<() => void> | undefined = new Set()
  #timer: ReturnType<typeof setTimeout> | undefined
  #controller: AbortController | undefined
  /** The listener of the caller's signal. */
  readonly #onCallerAbort: AbortListener | undefined
  #state: "running" | "expired" | "cancelled" | "over" = "running"

  /**
   * @param ms the longest time without progress, in milliseconds; `Infinity` for no limit
   * @param callerSignal the signal of the caller, whose abort cancels the request
   */
  constructor(ms: number, callerSignal: AbortSignal | undefined) {
    this.#ms = ms
    this.#callerSignal = callerSignal
    if (callerSignal?.aborted) this.#state = "cancelled"
    else if (callerSignal) onAbort(callerSignal, (this.#onCallerAbort = () => this.cancel()))
    this.resume()
  }

  /** Whether the time has run out. */
  get hasExpired(): boolean {
    return this.#state === "expired"
  }

  /** Whether the request has been aborted: by the time, by the caller, or by {@link Deadline.cancel}. */
  get isAborted(): boolean {
    return this.#state === "expired" || this.#state === "cancelled"
  }

  /** A signal that aborts with this deadline. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.isAborted) this.#controller.abort()
    return this.#controller.signal
  }

  /** Calls the listener when this deadline aborts; at once if it has already aborted. */
  onAbort(listener: () => void): void {
    if (this.isAborted) listener()
    else this.#listeners?.add(listener)
  }

  /**
   * Starts the timer; restarts it after progress.
   *
   * @param extraMs an addition to the time limit until the next restart, in milliseconds
   */
  resume(extraMs = 0): void {
    clearTimeout(this.#timer)
    const ms = this.#ms + extraMs
    // A limit longer than the longest timer (25 days) is no limit.
    if (ms > longestTimerMs || this.#state !== "running") return
    this.#timer = setTimeout(expire, ms, this)
  }

  /** Stops the timer while the caller, and not the server, has to act. */
  pause(): void {
    clearTimeout(this.#timer)
  }

  /** Aborts the request now, because its result is no longer needed. */
  cancel(): void {
    this.#abort("cancelled")
  }

  /** Aborts the request because the time has run out. */
  expire(): void {
    this.#abort("expired")
  }

  /** Stops the timer and removes the listener from the caller's signal, because the request has ended. */
  end(): void {
    clearTimeout(this.#timer)
    if (this.#callerSignal && this.#onCallerAbort) offAbort(this.#callerSignal, this.#onCallerAbort)
    if (this.#state === "running") this.#state = "over"
    this.#listeners = undefined
  }

  /** Settles as the promise does, or rejects as soon as this deadline aborts. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(new Error("The request was aborted"))
      this.onAbort(stop)
      const settle = () => this.#listeners?.delete(stop)
      promise.then(
        (value) => (settle(), resolve(value)),
        (error: unknown) => (settle(), reject(error)),
      )
    })
  }

  #abort(state: "expired" | "cancelled"): void {
    if (this.#state !== "running") return
    this.#state = state
    const listeners = this.#listeners ?? []
    this.end()
    this.#controller?.abort()
    for (const listener of listeners) listener()
  }
}

function expire(deadline: Deadline): void {
  deadline.expire()
}
