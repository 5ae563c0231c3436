import type { StateKey, StateStore } from "../queue/state-store.js"

/** A value as it was read outside of updates, and its change. */
export interface ValueAt {
  /** The stored text; `undefined` for none. */
  readonly text: string | undefined
  /**
   * Stores a text, or deletes the stored text. Rejects with a `StateConflict` if the value has been changed
   * since it was read.
   */
  readonly change: (text: string | undefined, expiresAt: number | undefined) => Promise<unknown>
}

/** Values that are read and changed outside of updates. */
export interface ValuesAt {
  /** Reads a value. */
  at(key: StateKey): Promise<ValueAt>
}

/** The values of a queue's state. */
export class QueueValues implements ValuesAt {
  readonly #store: StateStore

  constructor(store: StateStore) {
    this.#store = store
  }

  async at(key: StateKey): Promise<ValueAt> {
    const [entry] = await this.#store.read([key])
    const ifVersion = entry?.version ?? 0
    return {
      text: entry?.json,
      change: (json, expiresAt) =>
        this.#store.write([
          json === undefined
            ? { kind: "delete", key, ifVersion }
            : { kind: "set", key, json, ifVersion, expiresAt },
        ]),
    }
  }
}
