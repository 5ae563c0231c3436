import { offAbort, onAbort } from "../ground/abort-listeners.js"

/** A limit of concurrent calls. Further calls wait, and start in the order in which they came. */
export class Semaphore {
  readonly #places: number
  readonly #waiting = new Set<() => void>()
  #running = 0

  /** @param places the number of calls that may run at the same time */
  constructor(places: number) {
    this.#places = places
  }

  /**
   * Runs `operation` when a place is free, and frees the place when `operation` has settled.
   *
   * @param signal an abort ends the wait for a place; the promise then rejects with the signal's reason
   */
  async run<T>(operation: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#running < this.#places) this.#running += 1
    else await this.#waitForPlace(signal)
    try {
      return await operation()
    } finally {
      this.#release()
    }
  }

  /** Resolves when another call has handed its place over. */
  #waitForPlace(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const enter = () => {
        if (signal) offAbort(signal, abort)
        resolve()
      }
      const abort = () => {
        this.#waiting.delete(enter)
        reject(signal?.reason as Error)
      }
      if (signal) onAbort(signal, abort)
      this.#waiting.add(enter)
    })
  }

  #release(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#running -= 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
