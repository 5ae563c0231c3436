interface Waiting<T> {
  readonly resolve: (item: T) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/** The maximum number of unread items; the oldest ones are dropped. */
const maxItems = 10_000

/** The unread items of a person, at most 10,000. */
export class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiting: Waiting<T>[] = []
  #closed: Error | undefined

  /** Adds an item. */
  add(item: T): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) {
      if (this.#items.push(item) > maxItems) this.#items.shift()
      return
    }
    clearTimeout(waiting.timer)
    waiting.resolve(item)
  }

  /**
   * Resolves with the oldest unread item. Rejects if none arrives within `timeoutMs` of real time.
   *
   * @param expected the kind of item, for the error
   */
  next(expected: string, timeoutMs: number): Promise<T> {
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve(item)
    if (this.#closed) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(new Error(`${expected} within ${timeoutMs} ms, but none came`))
      }, timeoutMs)
      const waiting = { resolve, reject, timer }
      this.#waiting.push(waiting)
    })
  }

  /** Closes the inbox: pending calls of `next` reject. */
  close(error: Error): void {
    this.#closed = error
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      reject(error)
    }
  }
}
