/** Lets a number of calls run at a time; the others wait in the order in which they came. */
export class Semaphore {
  readonly #places: number
  readonly #waiting = new Set<() => void>()
  #inside = 0

  /** @param places how many are let in at a time */
  constructor(places: number) {
    this.#places = places
  }

  /**
   * Does something when there is a place for it, and gives the place back when that has ended, well
   * or not.
   *
   * @param signal an abort ends the waiting for a place, and the promise rejects with its reason
   */
  async pass<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#inside < this.#places) this.#inside += 1
    else await this.#place(signal)
    try {
      return await act()
    } finally {
      this.#leave()
    }
  }

  /** Resolves when a place was handed over. */
  #place(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const enter = () => {
        signal?.removeEventListener("abort", abort)
        resolve()
      }
      const abort = () => {
        this.#waiting.delete(enter)
        reject(signal?.reason as Error)
      }
      signal?.addEventListener("abort", abort, { once: true })
      this.#waiting.add(enter)
    })
  }

  #leave(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#inside -= 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
