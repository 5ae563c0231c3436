/** A first-in, first-out queue with constant cost per operation. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  /** The number of items. */
  get size(): number {
    return this.#items.length - this.#head
  }

  /** The oldest item, which stays in the queue; `undefined` if the queue is empty. */
  get first(): T | undefined {
    return this.#items[this.#head]
  }

  /** Adds an item. */
  push(item: T): void {
    this.#items.push(item)
  }

  /** Removes and returns the oldest item; `undefined` if the queue is empty. */
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
