/** A binary min-heap. */
export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean
  readonly #items: T[] = []

  /** @param before returns whether `a` is smaller than `b` */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before
  }

  /** The number of items. */
  get size(): number {
    return this.#items.length
  }

  /** Returns the smallest item without removing it; `undefined` if the heap is empty. */
  peek(): T | undefined {
    return this.#items[0]
  }

  /** Adds an item. */
  push(item: T): void {
    const items = this.#items
    let at = items.push(item) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent]
      if (above === undefined || !this.#before(item, above)) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  /** Removes and returns the smallest item; `undefined` if the heap is empty. */
  pop(): T | undefined {
    const [first] = this.#items
    const last = this.#items.pop()
    if (first !== undefined && last !== undefined && this.#items.length > 0) this.#sink(last)
    return first
  }

  #sink(item: T): void {
    const items = this.#items
    let at = 0
    for (;;) {
      const child = this.#smallerChild(at)
      const below = items[child]
      if (below === undefined || !this.#before(below, item)) break
      items[at] = below
      at = child
    }
    items[at] = item
  }

  #smallerChild(at: number): number {
    const left = this.#items[2 * at + 1]
    const right = this.#items[2 * at + 2]
    const rightFirst = left !== undefined && right !== undefined && this.#before(right, left)
    return 2 * at + (rightFirst ? 2 : 1)
  }
}
