import type { Update } from "@grammyjs/types"

/** Of how many updates the objects are kept, and of how many characters in all. */
const mostUpdates = 1_024
const mostCharacters = 4_000_000

/** An update that nobody has taken since it was put, or read ahead. */
export interface FreshUpdate {
  readonly update: Update
  /** How often it has been taken. */
  readonly attempt: number
  /** When it was put, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The length of its JSON text. */
  readonly characters: number
}

/** What is in one of the places. */
interface Kept {
  readonly sequence: number
  readonly fresh: FreshUpdate
}

/**
 * The updates that were put last, or that were read ahead, so that they need not be read from the file
 * when they are taken. They stand in a ring, each at a place that follows from its sequence: a `Map`
 * that changes with every update keeps V8 busy (docs/decisions/0024-garbage.md).
 */
export class FreshUpdates {
  readonly #places: (Kept | undefined)[] = Array(mostUpdates).fill(undefined)
  #characters = 0
  #size = 0

  /** How many are here. */
  get size(): number {
    return this.#size
  }

  /** Keeps one, instead of the oldest where there is no room. Sequences come in their order, mostly. */
  add(sequence: number, fresh: FreshUpdate): void {
    this.#clear(sequence)
    this.#places[sequence % mostUpdates] = { sequence, fresh }
    this.#characters += fresh.characters
    this.#size += 1
    // Behind the newest stands the oldest.
    for (let next = sequence + 1; this.#characters > mostCharacters; next += 1) this.#clear(next)
  }

  /** Whether it is here. */
  has(sequence: number): boolean {
    return this.#places[sequence % mostUpdates]?.sequence === sequence
  }

  /** Removes one and answers it. */
  take(sequence: number): FreshUpdate | undefined {
    return this.has(sequence) ? this.#clear(sequence) : undefined
  }

  /** Empties the place of a sequence, whatever is in it. */
  #clear(sequence: number): FreshUpdate | undefined {
    const place = sequence % mostUpdates
    const kept = this.#places[place]
    if (!kept) return undefined
    this.#places[place] = undefined
    this.#characters -= kept.fresh.characters
    this.#size -= 1
    return kept.fresh
  }
}
