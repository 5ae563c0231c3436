import { EventEmitter } from "node:events"
import { CallPlace } from "./call-place.js"
import { patienceMs } from "./patience.js"

const maxEntries = 10_000
const keptCharacters = 64 * 1_048_576

/**
 * A log of events, oldest first. It keeps the last 10,000 entries, or fewer if they exceed 64 Mi
 * characters in all.
 */
export class Journal<T> implements Iterable<T> {
  #entries: T[] = []
  #lengths: number[] = []
  #characters = 0
  readonly #events = new EventEmitter<{ added: [] }>().setMaxListeners(0)

  /** The number of entries. */
  get length(): number {
    return Math.min(this.#entries.length, maxEntries)
  }

  /** The newest entry. */
  get last(): T | undefined {
    return this.#entries.at(-1)
  }

  /**
   * Adds an entry.
   * @param characters its length, for long entries
   */
  add(entry: T, characters = 0): void {
    this.#lengths.push(characters)
    this.#characters += characters
    const count = this.#entries.push(entry)
    if (count >= 2 * maxEntries || this.#characters > keptCharacters) this.#forget()
    this.#events.emit("added")
  }

  /** Calls a listener with every new entry. Returns a function that removes the listener. */
  subscribe(listener: (entry: T) => void): () => void {
    const added = () => {
      const { last } = this
      if (last !== undefined) listener(last)
    }
    this.#events.on("added", added)
    return () => void this.#events.off("added", added)
  }

  /** Iterates over the current entries, oldest first. */
  [Symbol.iterator](): Iterator<T> {
    return this.#entries.slice(-maxEntries)[Symbol.iterator]()
  }

  /** Returns the entries for which `fits` returns true. */
  filter(fits: (entry: T) => boolean): T[] {
    return this.#entries.slice(-maxEntries).filter(fits)
  }

  /** Removes all entries. */
  clear(): void {
    this.#keepLast(0)
  }

  /**
   * Resolves with the first `count` entries for which `fits` returns true, among existing and
   * future ones.
   *
   * @param options.timeoutMs the real time in milliseconds after which the promise rejects.
   *   Default: 5,000, or `TELEGRAM_SIMULATOR_WAIT_MS`.
   */
  wait(fits: (entry: T) => boolean, count = 1, options: { timeoutMs?: number } = {}): Promise<T[]> {
    const timeoutMs = options.timeoutMs ?? patienceMs
    const matches = this.filter(fits).slice(0, count)
    if (matches.length >= count) return Promise.resolve(matches)
    const place = new CallPlace()
    return new Promise<T[]>((resolve, reject) => {
      const timer = setTimeout(() => {
        stop()
        reject(place.error(`Waited ${timeoutMs} ms for ${count} entries and saw ${matches.length}`))
      }, timeoutMs)
      const stop = this.subscribe((entry) => {
        try {
          if (!fits(entry) || matches.push(entry) < count) return
          resolve(matches)
        } catch (error) {
          reject(error)
        }
        stop()
        clearTimeout(timer)
      })
    })
  }

  // Keeps half of the maximum, so that the next entries do not trim again.
  #forget(): void {
    let characters = this.#lengths.at(-1) ?? 0
    let count = 1
    while (count < Math.min(maxEntries, this.#lengths.length)) {
      characters += this.#lengths.at(-count - 1) ?? 0
      if (characters > keptCharacters / 2) break
      count += 1
    }
    this.#keepLast(count)
  }

  #keepLast(count: number): void {
    this.#entries = count === 0 ? [] : this.#entries.slice(-count)
    this.#lengths = count === 0 ? [] : this.#lengths.slice(-count)
    this.#characters = this.#lengths.reduce((sum, length) => sum + length, 0)
  }
}
