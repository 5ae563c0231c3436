/** A binary heap, which returns the item with the lowest number first. */
export class Heap<Item> {
  readonly #orderOf: (item: Item) => number
  readonly #tieOf: (item: Item) => number
  readonly #items: Item[] = []

  /**
   * @param orderOf returns the number of an item, which must not change while the item is in the heap
   * @param tieOf returns the number that orders items with the same first number. Default: any order.
   */
  constructor(orderOf: (item: Item) => number, tieOf: (item: Item) => number = () => 0) {
    this.#orderOf = orderOf
    this.#tieOf = tieOf
  }

  /** The number of items. */
  get size(): number {
    return this.#items.length
  }

  /** True if the heap has no items. */
  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  /** The item with the lowest number; `undefined` if the heap is empty. */
  get first(): Item | undefined {
    return this.#items[0]
  }

  /** Adds an item. */
  add(item: Item): void {
    const items = this.#items
    let place = items.length
    items.push(item)
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = items[above] as Item // a parent's index is lower, so the item exists
      if (!this.#isBefore(item, parent)) break
      items[place] = parent
      place = above
    }
    items[place] = item
  }

  /** Removes and returns the item with the lowest number; `undefined` if the heap is empty. */
  shift(): Item | undefined {
    const items = this.#items
    const [first] = items
    const last = items.pop()
    if (items.length > 0) this.#sink(last as Item) // the heap had at least two items
    return first
  }

  #sink(item: Item): void {
    const items = this.#items
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      if (left >= items.length) break
      const right = left + 1
      const below =
        right < items.length && this.#isBefore(items[right] as Item, items[left] as Item)
          ? right
          : left
      const child = items[below] as Item // `below` is less than the length
      if (!this.#isBefore(child, item)) break
      items[place] = child
      place = below
    }
    items[place] = item
  }

  #isBefore(one: Item, other: Item): boolean {
    const difference = this.#orderOf(one) - this.#orderOf(other)
    return difference < 0 || (difference === 0 && this.#tieOf(one) < this.#tieOf(other))
  }
}
