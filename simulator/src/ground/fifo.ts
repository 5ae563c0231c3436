/** First in, first out, at a constant price however long it grows. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  /** The number of items that wait. */
  get size(): number {
    return this.#items.length - this.#head
  }

  /** The oldest item, left in place. */
  get first(): T | undefined {
    return this.#items[this.#head]
  }

  /** Puts an item behind the others. */
  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the oldest item out. */
  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (this.#head < this.#items.length) this.#items[this.#head++] = undefined
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
