import { expiryOf } from "../ground/expiry-of.js"
import { stateOf } from "../queue/state-of.js"
import { untilNoConflict } from "../queue/until-no-conflict.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import type { FencedValues } from "./fenced-values.js"
import { findStateKey } from "./find-place.js"
import type { SessionForm } from "./loaded-session.js"
import { QueueValues, type ValueAt, type ValuesAt } from "./queue-values.js"
import { keyOfPlace, type SessionKey, type SessionPlace } from "./session-key.js"
import { unguardedReason } from "./unavailable-session.js"

/** A session: its definition, its key, and the values of its store. */
interface SessionParts<Data extends object> {
  readonly form: SessionForm<Data>
  readonly key: SessionKey
  /** The values of the session's store; `undefined` for the state of the queue. */
  readonly values: FencedValues | undefined
}

/** The data of a session at one place, for access outside of handlers. */
export class SessionAt<Data extends object> {
  readonly #session: SessionParts<Data>
  readonly #queue: UpdateQueue
  readonly #values: ValuesAt
  readonly #place: SessionPlace

  /** For sessions only: see `session.at`. */
  constructor(session: SessionParts<Data>, queue: UpdateQueue, place: SessionPlace) {
    keyOfPlace(session.key, place)
    this.#session = session
    this.#queue = queue
    this.#values = session.values ?? new QueueValues(stateOf(queue))
    this.#place = place
  }

  /** Resolves with the stored data, or with the initial data if none are stored. */
  async read(): Promise<Data> {
    const { text } = await this.#read()
    return this.#dataOf(text)
  }

  /**
   * Changes the data, and resolves when they are stored. If a handler or another program changes the data at
   * the same time, `change` is called again with the new data, so that no change is lost. Rejects with a
   * `TypeError` if the session has a store of its own and several processes take updates of the queue: the
   * store cannot detect their changes.
   *
   * @param change changes the data in place, or returns other data
   */
  update(change: (data: Data) => Data | void): Promise<void> {
    return untilNoConflict(async () => {
      this.#expectGuarded()
      const value = await this.#read()
      const { codec, initial, ttlMs } = this.#session.form
      const data = this.#dataOf(value.text)
      const text = codec.textOf(change(data) ?? data)
      const isInitial = text === codec.textOf(initial())
      await value.change(isInitial ? undefined : text, expiryOf(ttlMs, Date.now()))
    })
  }

  #expectGuarded(): void {
    const { values, form, key } = this.#session
    if (values && stateOf(this.#queue).isShared)
      throw new TypeError(unguardedReason(form.name, key))
  }

  #dataOf(text: string | undefined): Data {
    const { codec, initial } = this.#session.form
    return codec.parse(text ?? codec.textOf(initial()))
  }

  async #read(): Promise<ValueAt> {
    const { key, form } = this.#session
    const place = await findStateKey(stateOf(this.#queue), key, form.space, this.#place)
    return this.#values.at(place)
  }
}
