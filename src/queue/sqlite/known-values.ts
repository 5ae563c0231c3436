import type { StateEntry } from "../state-store.js"

/** The maximum number of cached keys: more than the number of handlers that usually run at once. */
const maxValues = 1_024
/** The maximum number of characters of JSON text of all cached values together. */
const maxCharacters = 4_000_000

/** The content of a key: `"none"` for a key without a value. */
type Known = StateEntry | "none"

/**
 * A cache of the values that were read or written last. Because of the cache, the next update of a chat need not
 * read its session, and the end of an update need not read the versions. The values stay valid, because only the
 * queue's own process writes values.
 */
export class KnownValues {
  readonly #values = new Map<string, Known>()
  #characters = 0

  /** Caches the entry of a key; `undefined` if there is no value. Removes the oldest keys beyond the limits. */
  set(text: string, entry: StateEntry | undefined): void {
    // A key keeps its place: a `Map` that changes its order with every update costs garbage collections.
    this.#characters += lengthOf(entry) - lengthOf(this.#values.get(text))
    this.#values.set(text, entry ?? "none")
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= maxValues && this.#characters <= maxCharacters) return
      this.#characters -= lengthOf(this.#values.get(oldest))
      this.#values.delete(oldest)
    }
  }

  /** Returns the entry of a key: `"none"` if there is no value, `undefined` if the key is not cached. */
  get(text: string, now: number): Known | undefined {
    const known = this.#values.get(text)
    if (typeof known !== "object") return known
    return (known.expiresAt ?? Infinity) > now ? known : "none"
  }

  /** Removes all keys. */
  clear(): void {
    this.#values.clear()
    this.#characters = 0
  }
}

function lengthOf(known: Known | undefined): number {
  return typeof known === "object" ? known.json.length : 0
}
