/** How many places there are while few updates are there. */
const fewPlaces = 64

/**
 * Updates by their `update_id`: a table whose places are found by the id, and searched from there on.
 * A `Map` does the same, but one that changes with every update keeps V8 busy
 * (docs/decisions/0024-garbage.md).
 */
export class UpdatesById<One> {
  #ids: (number | undefined)[] = emptied(fewPlaces)
  #updates: (One | undefined)[] = emptied(fewPlaces)
  #size = 0

  /** How many there are. */
  get size(): number {
    return this.#size
  }

  /** The update with this id. */
  get(id: number): One | undefined {
    return this.#updates[this.#placeOf(id)]
  }

  /** Adds one, or puts it in the place of the one with its id. */
  set(id: number, update: One): void {
    const place = this.#placeOf(id)
    if (this.#ids[place] === undefined) this.#size += 1
    this.#ids[place] = id
    this.#updates[place] = update
    if (this.#size * 2 > this.#ids.length) this.#resize(this.#ids.length * 2)
  }

  /** Removes the one with this id. */
  delete(id: number): void {
    const place = this.#placeOf(id)
    if (this.#ids[place] === undefined) return
    this.#size -= 1
    this.#empty(place)
    if (this.#size === 0 && this.#ids.length > fewPlaces) this.#resize(fewPlaces)
  }

  /** All, in any order. */
  *values(): Iterable<One> {
    for (const update of this.#updates) if (update !== undefined) yield update
  }

  /** Where an id is, or would be. */
  #placeOf(id: number): number {
    let place = homeOf(id, this.#ids.length)
    for (
      let other = this.#ids[place];
      other !== undefined && other !== id;
      other = this.#ids[place]
    ) {
      place = (place + 1) & (this.#ids.length - 1)
    }
    return place
  }

  /** What stands behind a place that is emptied moves up, where it would not be found else. */
  #empty(place: number): void {
    const last = this.#ids.length - 1
    let gap = place
    for (let next = (gap + 1) & last; this.#ids[next] !== undefined; next = (next + 1) & last) {
      const distance = (next - homeOf(this.#ids[next] ?? 0, last + 1)) & last
      if (distance < ((next - gap) & last)) continue
      this.#ids[gap] = this.#ids[next]
      this.#updates[gap] = this.#updates[next]
      gap = next
    }
    this.#ids[gap] = this.#updates[gap] = undefined
  }

  #resize(places: number): void {
    const [ids, updates] = [this.#ids, this.#updates]
    this.#ids = emptied(places)
    this.#updates = emptied(places)
    for (const [place, id] of ids.entries()) {
      if (id === undefined) continue
      const home = this.#placeOf(id)
      this.#ids[home] = id
      this.#updates[home] = updates[place]
    }
  }
}

/** Where an id is looked for first: Telegram counts, so neighbours have neighbouring places. */
function homeOf(id: number, places: number): number {
  return id & (places - 1)
}

function emptied<Value>(places: number): (Value | undefined)[] {
  return Array<Value | undefined>(places).fill(undefined)
}
