/** A map that removes its oldest entry when it exceeds its limit. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #limit: number

  /** @param limit the maximum number of entries. Default: 10,000. */
  constructor(limit = 10_000) {
    super()
    this.#limit = limit
  }

  /** Sets an entry; a new key becomes the newest. */
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
