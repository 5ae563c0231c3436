interface Waiting<T> {
  readonly resolve: (item: T) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const kept = 10_000

/** Items that somebody was sent and has not looked at yet, 10,000 at most. */
export class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiting: Waiting<T>[] = []
  #closed: Error | undefined

  /** Something has come. */
  add(item: T): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) {
      if (this.#items.push(item) > kept) this.#items.shift()
      return
    }
    clearTimeout(waiting.timer)
    waiting.resolve(item)
  }

  /**
   * The oldest item not looked at yet. Rejects when none comes within `timeoutMs` of real time.
   *
   * @param expected what is waited for, for the error
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

  /** Ends the inbox: pending calls of `next` reject. */
  close(error: Error): void {
    this.#closed = error
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      reject(error)
    }
  }
}
