import { CallPlace } from "../ground/call-place.js"

interface Waiting<T> {
  readonly resolve: (item: T) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
  readonly place: CallPlace
}

/** The maximum number of unread items; the oldest ones are dropped. */
const maxItems = 10_000

/** The unread items of a person, at most 10,000. */
export class Inbox<T> {
  readonly #items: T[] = []
  readonly #waiting: Waiting<T>[] = []
  #closed: string | undefined

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
   * Resolves with the oldest unread item. Rejects if none arrives within `timeoutMs` of real time; the stack of
   * the error begins at the caller's line.
   *
   * @param expected the kind of item, for the error
   */
  next(expected: string, timeoutMs: number): Promise<T> {
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve(item)
    const place = new CallPlace()
    if (this.#closed !== undefined) return Promise.reject(place.error(this.#closed))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(place.error(`${expected} within ${timeoutMs} ms, but none came`))
      }, timeoutMs)
      const waiting = { resolve, reject, timer, place }
      this.#waiting.push(waiting)
    })
  }

  /** Closes the inbox: pending and later calls of `next` reject. */
  close(reason: string): void {
    this.#closed = reason
    for (const { reject, timer, place } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      reject(place.error(reason))
    }
  }
}
