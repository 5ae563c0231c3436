import { EventEmitter, once } from "node:events"

const kept = 10_000

/** What has happened, oldest first: the last 10,000 entries. */
export class Journal<T> implements Iterable<T> {
  #entries: T[] = []
  readonly #events = new EventEmitter<{ added: [] }>().setMaxListeners(0)

  /** How many entries there are. */
  get length(): number {
    return Math.min(this.#entries.length, kept)
  }

  /** The newest entry. */
  get last(): T | undefined {
    return this.#entries.at(-1)
  }

  /** Adds an entry. */
  add(entry: T): void {
    if (this.#entries.push(entry) >= 2 * kept) this.#entries = this.#entries.slice(-kept)
    this.#events.emit("added")
  }

  /** Calls a listener with every new entry; answers how to stop. */
  subscribe(listener: (entry: T) => void): () => void {
    const added = () => {
      const { last } = this
      if (last !== undefined) listener(last)
    }
    this.#events.on("added", added)
    return () => void this.#events.off("added", added)
  }

  /** The entries of now, oldest first. */
  [Symbol.iterator](): Iterator<T> {
    return this.#entries.slice(-kept)[Symbol.iterator]()
  }

  /** The entries that fit. */
  filter(fits: (entry: T) => boolean): T[] {
    return this.#entries.slice(-kept).filter(fits)
  }

  /** Forgets all entries. */
  clear(): void {
    this.#entries = []
  }

  /**
   * The first `count` entries that fit, of before and of what is still to come.
   *
   * @param options.timeoutMs real milliseconds after which it rejects; 5,000 by default
   */
  async wait(
    fits: (entry: T) => boolean,
    count = 1,
    options: { timeoutMs?: number } = {},
  ): Promise<T[]> {
    const timeoutMs = options.timeoutMs ?? 5000
    const signal = AbortSignal.timeout(timeoutMs)
    for (;;) {
      const found = this.filter(fits)
      if (found.length >= count) return found.slice(0, count)
      await once(this.#events, "added", { signal }).catch((cause: unknown) => {
        const message = `Waited ${timeoutMs} ms for ${count} entries and saw ${found.length}`
        throw new Error(message, { cause })
      })
    }
  }
}
