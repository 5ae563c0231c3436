import { unexpectedOption } from "../ground/expect-option.js"

/** A value, or a promise of it. */
type Eventually<T> = T | PromiseLike<T>

/**
 * A store for the data of sessions, outside of the queue. A `Keyv` is such a store, and so are the stores of
 * Telegraf's sessions. A method of the store must reject when it fails, and a stored value must survive a
 * crash of the process.
 */
export interface SessionStore {
  /** Resolves with the text of a key; `undefined` or `null` if there is none. */
  get(key: string): Eventually<string | undefined | null>
  /**
   * Stores a text under a key, and resolves when the text is stored. A result of `false` counts as a failure.
   *
   * @param ttlMs the time after which the store may delete the text, in milliseconds; `undefined` for never
   */
  set(key: string, text: string, ttlMs?: number): unknown
  /** Deletes the text of a key, if there is one, and resolves when it is deleted. */
  delete(key: string): unknown
}

/** Checks the option `store` and returns its value. Throws a `TypeError` for a value that is not a store. */
export function expectStore(store: unknown): SessionStore {
  if (!isStore(store)) unexpectedOption("store", "an object with get, set and delete", store)
  if ("throwOnErrors" in store && store.throwOnErrors === false) {
    throw new TypeError(
      "Expected a store that rejects when it fails, got a Keyv that returns no data instead: create the Keyv " +
        "with `throwOnErrors: true`.",
    )
  }
  return store
}

function isStore(store: unknown): store is SessionStore {
  if (typeof store !== "object" || store === null) return false
  const { get, set, delete: remove } = store as Partial<Record<keyof SessionStore, unknown>>
  return [get, set, remove].every((method) => typeof method === "function")
}
