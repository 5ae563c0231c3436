/** The initial number of slots. */
const minSlots = 64

/**
 * The maximum number of slots that an empty table keeps. A table that is often empty then need not grow again
 * each time.
 */
const keptSlots = 1024

/**
 * A hash table of values by the id of an update or of a bot, with open addressing and linear probing. The
 * number of slots is a power of two, and at most half of the slots are full. A `Map` that changes with every
 * update causes garbage collections in V8 (docs/decisions/0024-garbage.md).
 */
export class ValuesById<Value> {
  #ids: (number | undefined)[] = emptySlots(minSlots)
  #values: (Value | undefined)[] = emptySlots(minSlots)
  #size = 0

  /** The number of values. */
  get size(): number {
    return this.#size
  }

  /** Returns the value with this id. */
  get(id: number): Value | undefined {
    return this.#values[this.#slotOf(id)]
  }

  /** Adds a value, or replaces the value with the same id. */
  set(id: number, value: Value): void {
    const slot = this.#slotOf(id)
    if (this.#ids[slot] === undefined) this.#size += 1
    this.#ids[slot] = id
    this.#values[slot] = value
    if (this.#size * 2 > this.#ids.length) this.#resize(this.#ids.length * 2)
  }

  /** Removes the value with this id. */
  delete(id: number): void {
    const slot = this.#slotOf(id)
    if (this.#ids[slot] === undefined) return
    this.#size -= 1
    this.#clearSlot(slot)
    if (this.#size === 0 && this.#ids.length > keptSlots) this.#resize(minSlots)
  }

  /** Returns all values, in no particular order. */
  *values(): Iterable<Value> {
    for (const value of this.#values) if (value !== undefined) yield value
  }

  /** Returns the slot of an id, or the free slot where the id would be stored. */
  #slotOf(id: number): number {
    let slot = homeOf(id, this.#ids.length)
    for (
      let slotId = this.#ids[slot];
      slotId !== undefined && slotId !== id;
      slotId = this.#ids[slot]
    ) {
      slot = (slot + 1) & (this.#ids.length - 1)
    }
    return slot
  }

  /**
   * Empties a slot by backward-shift deletion: later entries of the probe chain move into the gap, so
   * that every entry stays reachable from its home slot.
   */
  #clearSlot(slot: number): void {
    const last = this.#ids.length - 1
    let gap = slot
    for (let next = (gap + 1) & last; this.#ids[next] !== undefined; next = (next + 1) & last) {
      const distance = (next - homeOf(this.#ids[next] ?? 0, last + 1)) & last
      if (distance < ((next - gap) & last)) continue
      this.#ids[gap] = this.#ids[next]
      this.#values[gap] = this.#values[next]
      gap = next
    }
    this.#ids[gap] = this.#values[gap] = undefined
  }

  #resize(slots: number): void {
    const [ids, values] = [this.#ids, this.#values]
    this.#ids = emptySlots(slots)
    this.#values = emptySlots(slots)
    for (const [slot, id] of ids.entries()) {
      if (id === undefined) continue
      const home = this.#slotOf(id)
      this.#ids[home] = id
      this.#values[home] = values[slot]
    }
  }
}

/**
 * Returns the first slot of an id's probe chain. Telegram assigns ascending ids, so that neighbouring
 * ids have neighbouring slots and rarely collide.
 */
function homeOf(id: number, slots: number): number {
  return id & (slots - 1)
}

function emptySlots<Value>(slots: number): (Value | undefined)[] {
  return Array<Value | undefined>(slots).fill(undefined)
}
