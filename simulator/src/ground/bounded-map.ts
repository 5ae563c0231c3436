/** A map that forgets what was put in first, once it holds more than its limit. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #limit: number

  /** @param limit how many entries it holds at most; 10,000 by default */
  constructor(limit = 10_000) {
    super()
    this.#limit = limit
  }

  /** Puts an entry in, as the newest where it is a new one. */
  override set(key: K, value: V): this {
    super.set(key, value)
    if (this.size > this.#limit) for (const oldest of this.keys()) return this.#forget(oldest)
    return this
  }

  #forget(key: K): this {
    this.delete(key)
    return this
  }
}
