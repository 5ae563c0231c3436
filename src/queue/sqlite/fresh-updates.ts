import type { Update } from "@grammyjs/types"

/** Of how many updates the objects are kept, and of how many characters in all. */
const mostUpdates = 1_000
const mostCharacters = 4_000_000

/** An update that this process has put and nobody has taken. */
export interface FreshUpdate {
  readonly update: Update
  /** When it was put, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The length of its JSON text. */
  readonly characters: number
}

/** The updates that were put last, so that they need not be read from the file when they are taken. */
export class FreshUpdates {
  readonly #updates = new Map<number, FreshUpdate>()
  #characters = 0

  /** Keeps one, instead of the oldest where there is no room. */
  add(sequence: number, update: FreshUpdate): void {
    this.#updates.set(sequence, update)
    this.#characters += update.characters
    for (const oldest of this.#updates.keys()) {
      if (this.#updates.size <= mostUpdates && this.#characters <= mostCharacters) break
      this.take(oldest)
    }
  }

  /** Whether it is here. */
  has(sequence: number): boolean {
    return this.#updates.has(sequence)
  }

  /** Removes one and answers it. */
  take(sequence: number): FreshUpdate | undefined {
    const update = this.#updates.get(sequence)
    if (!update) return undefined
    this.#updates.delete(sequence)
    this.#characters -= update.characters
    return update
  }
}
