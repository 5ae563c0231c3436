import { unexpectedOption } from "../ground/expect-option.js"
import { StateConflict, type StateKey } from "../queue/state-store.js"
import {
  emptyRecord,
  type ExpiringValue,
  type FencedRecord,
  parseRecord,
  recordText,
} from "./fenced-record.js"
import type { ValueAt, ValuesAt } from "./queue-values.js"
import type { SessionStore } from "./session-store.js"

/**
 * The number of updates that a record remembers. An update that is repeated after more changes makes its change
 * again.
 */
const maxUpdates = 100

/** A value as it was read. */
export interface SeenValue extends ExpiringValue {
  /** Whether the update that reads has changed the value already, before a crash. */
  readonly isChanged: boolean
  /** The stored text of the record; `undefined` for none. */
  readonly stored: string | undefined
  readonly record: FencedRecord
}

/**
 * The values in a {@link SessionStore}, each with the updates that have changed it, so that a repeated update
 * does not change a value twice. Within the process, changes of a value are made one after the other.
 */
export class FencedValues implements ValuesAt {
  static readonly #ofStores = new WeakMap<SessionStore, FencedValues>()
  readonly #store: SessionStore
  /** The ends of the last change of each value; entries are removed when no change is running. */
  readonly #changes = new Map<string, Promise<unknown>>()

  private constructor(store: SessionStore) {
    this.#store = store
  }

  /** Returns the values of a store: one object for each store. */
  static of(store: SessionStore): FencedValues {
    let values = this.#ofStores.get(store)
    if (!values) this.#ofStores.set(store, (values = new FencedValues(store)))
    return values
  }

  /**
   * Reads a value.
   *
   * @param update the update that reads. If the update is repeated and has made the latest change of the value,
   *   the change is undone first. Default: none.
   */
  async read(key: StateKey, update?: string): Promise<SeenValue> {
    const seen = await this.#read(key)
    if (update === undefined || !seen.record.updates.includes(update)) return seen
    return this.#inTurn(key, () => this.#readRepeated(key, update))
  }

  async at(key: StateKey): Promise<ValueAt> {
    const seen = await this.#read(key)
    const { text } = seen
    return { text, change: (next, expiresAt) => this.change(key, seen, { text: next, expiresAt }) }
  }

  /**
   * Changes a value. Resolves with a function that undoes the change, unless the value has been changed since.
   * Rejects with a `StateConflict` if the value has been changed since it was seen.
   *
   * @param update the update that changes the value. Default: none.
   */
  change(
    key: StateKey,
    seen: SeenValue,
    { text, expiresAt }: ExpiringValue,
    update?: string,
  ): Promise<() => Promise<void>> {
    const { record, stored } = seen
    const changed =
      update === undefined
        ? { text, expiresAt, updates: record.updates, before: undefined }
        : {
            ...{ text, expiresAt, before: { text: record.text, expiresAt: record.expiresAt } },
            updates: [update, ...record.updates].slice(0, maxUpdates),
          }
    return this.#inTurn(key, async () => {
      if ((await this.#get(key)) !== stored) throw new StateConflict(key)
      const result = await this.#set(key, changed)
      return () => this.#inTurn(key, () => this.#undo(key, result, record))
    })
  }

  async #undo(key: StateKey, stored: string | undefined, record: FencedRecord): Promise<void> {
    if ((await this.#get(key)) === stored) await this.#set(key, record)
  }

  async #readRepeated(key: StateKey, update: string): Promise<SeenValue> {
    const seen = await this.#read(key)
    const { updates, before } = seen.record
    const [latest, ...earlier] = updates
    if (latest !== update || !before) return { ...seen, isChanged: updates.includes(update) }
    await this.#set(key, { ...before, updates: earlier, before: undefined })
    return this.#read(key)
  }

  async #read(key: StateKey): Promise<SeenValue> {
    const stored = await this.#get(key)
    const record = stored === undefined ? emptyRecord : parseRecord(placeOf(key), stored)
    const { text, expiresAt } = record
    return { text, expiresAt, isChanged: false, stored, record }
  }

  async #get(key: StateKey): Promise<string | undefined> {
    const text: unknown = await this.#store.get(placeOf(key))
    if (text === undefined || text === null) return undefined
    return typeof text === "string"
      ? text
      : unexpectedOption("the result of the store's `get`", "a string or undefined", text)
  }

  /** Stores a record, and resolves with its text. */
  async #set(key: StateKey, record: FencedRecord): Promise<string | undefined> {
    const place = placeOf(key)
    const { text, expiresAt, updates, before } = record
    if (text === undefined && before === undefined && updates.length === 0) {
      await this.#store.delete(place)
      return undefined
    }
    const stored = recordText(record)
    const ttlMs = expiresAt === undefined ? undefined : Math.max(expiresAt - Date.now(), 1)
    if ((await this.#store.set(place, stored, ttlMs)) === false) {
      throw new Error(`The session's store could not set the key ${JSON.stringify(place)}`)
    }
    return stored
  }

  /** Calls a function when the earlier calls for the same value have ended. */
  #inTurn<T>(key: StateKey, change: () => Promise<T>): Promise<T> {
    const place = placeOf(key)
    const result = (this.#changes.get(place) ?? Promise.resolve()).then(change)
    const ended = result
      .catch(() => {})
      .then(() => {
        if (this.#changes.get(place) === ended) this.#changes.delete(place)
      })
    this.#changes.set(place, ended)
    return result
  }
}

/** Returns the key of a value in its store: the bot, the namespace and the key within it. */
function placeOf({ botId, space, key }: StateKey): string {
  return `${botId}:${encodeURIComponent(space)}:${key}`
}
