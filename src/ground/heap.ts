/** A binary heap. It returns the items in the order of a number that belongs to each. */
export class Heap<Item> {
  readonly #orderOf: (item: Item) => number
  readonly #items: Item[] = []

  /** @param orderOf returns the number of an item, which must not change while the item is in the heap */
  constructor(orderOf: (item: Item) => number) {
    this.#orderOf = orderOf
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
    const order = this.#orderOf(item)
    let place = items.length
    items.push(item)
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = items[above] as Item // its index is lower than that of an item
      if (this.#orderOf(parent) <= order) break
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
    const order = this.#orderOf(item)
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      if (left >= items.length) break
      const right = left + 1
      const below = right < items.length && this.#isBefore(right, left) ? right : left
      const child = items[below] as Item // checked above
      if (this.#orderOf(child) >= order) break
      items[place] = child
      place = below
    }
    items[place] = item
  }

  #isBefore(one: number, other: number): boolean {
    const items = this.#items
    return this.#orderOf(items[one] as Item) < this.#orderOf(items[other] as Item) // both exist
  }
}
