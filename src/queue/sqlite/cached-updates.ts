import type { Update } from "@grammyjs/types"

/** The maximum number of updates in the cache. */
const maxUpdates = 1_024
/** The maximum number of characters of JSON text of all cached updates together. */
const maxCharacters = 4_000_000

/** A parsed update that can be taken without reading its row. */
export interface CachedUpdate {
  readonly update: Update
  /** The number of attempts so far. */
  readonly attempt: number
  /** The time of the put, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The length of the JSON text. */
  readonly characters: number
}

/** The content of a slot. */
interface Slot {
  readonly sequence: number
  readonly cached: CachedUpdate
}

/**
 * A cache of the updates that were put last or read ahead, so that a take need not read and parse their
 * rows. The cache is a ring of slots: an update with the sequence `n` has the slot `n` modulo the
 * number of slots, so that a newer update replaces the oldest one. A `Map` that changes with every
 * update causes garbage collections in V8 (docs/decisions/0024-garbage.md).
 */
export class CachedUpdates {
  readonly #slots: (Slot | undefined)[] = Array(maxUpdates).fill(undefined)
  #characters = 0
  #size = 0

  /** The number of cached updates. */
  get size(): number {
    return this.#size
  }

  /**
   * Adds an update. Removes the oldest updates while the cache is too full. Sequences should mostly
   * ascend.
   */
  add(sequence: number, cached: CachedUpdate): void {
    this.#clear(sequence)
    this.#slots[sequence % maxUpdates] = { sequence, cached }
    this.#characters += cached.characters
    this.#size += 1
    // In a ring the oldest slot follows the newest one.
    for (let next = sequence + 1; this.#characters > maxCharacters; next += 1) this.#clear(next)
  }

  /** Returns true if the update with this sequence is cached. */
  has(sequence: number): boolean {
    return this.#slots[sequence % maxUpdates]?.sequence === sequence
  }

  /** Removes and returns an update. */
  take(sequence: number): CachedUpdate | undefined {
    return this.has(sequence) ? this.#clear(sequence) : undefined
  }

  /** Empties the slot of a sequence, whichever update the slot has, and returns that update. */
  #clear(sequence: number): CachedUpdate | undefined {
    const slot = sequence % maxUpdates
    const content = this.#slots[slot]
    if (!content) return undefined
    this.#slots[slot] = undefined
    this.#characters -= content.cached.characters
    this.#size -= 1
    return content.cached
  }
}
