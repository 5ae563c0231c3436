/** Options of a {@link RecentTimes}. */
interface RecentTimesOptions {
  /** The number of times of a key within `perMs`. */
  readonly max: number
  readonly perMs: number
  /** The number of keys. Beyond it, the key that was idle for the longest time is forgotten. */
  readonly maxKeys: number
}

/** The times of the last events of many keys, in bounded memory. */
export class RecentTimes {
  readonly #options: RecentTimesOptions
  /** The times by key, each list from the earliest. The key with the latest event is the last. */
  readonly #times = new Map<string, number[]>()

  constructor(options: RecentTimesOptions) {
    this.#options = options
  }

  /** The number of keys that are remembered. */
  get size(): number {
    return this.#times.size
  }

  /** Adds an event of now. Returns `false`, and adds none, if the key has `max` events within `perMs`. */
  add(key: string): boolean {
    const { max, perMs, maxKeys } = this.#options
    const now = performance.now()
    const times = this.#times.get(key) ?? []
    while (times[0] !== undefined && times[0] <= now - perMs) times.shift()
    const isAdded = times.length < max
    if (isAdded) times.push(now)
    this.#times.delete(key)
    this.#times.set(key, times)
    this.#forget(now - perMs, maxKeys)
    return isAdded
  }

  /** Forgets the keys whose events are all over, and the keys beyond the maximum, the idle ones first. */
  #forget(over: number, maxKeys: number): void {
    for (const [key, times] of this.#times) {
      const isOver = (times.at(-1) ?? over) <= over
      if (!isOver && this.#times.size <= maxKeys) return
      this.#times.delete(key)
    }
  }
}
