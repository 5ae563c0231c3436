import { laneOfPlace } from "../queue/lane-of-place.js"
import { stateOf } from "../queue/state-of.js"
import type { StateKey, StateStore, StateWrite } from "../queue/state-store.js"
import { untilNoConflict } from "../queue/until-no-conflict.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import { findStateKey } from "../session/find-place.js"
import { keyOfPlace, type SessionKey, type SessionPlace } from "../session/session-key.js"
import { originOfPlace } from "../telegram/origin-of-place.js"
import type { OwnContent } from "../telegram/own-update.js"
import { type ConversationForm, type OwnData, spaceOf, timerOf } from "./conversation-form.js"

/** The generation and the time-out of a record that is about to be stored. */
export interface RecordTimes {
  readonly generation: string
  /** In milliseconds since 1970; `undefined` for none. */
  readonly dueAt: number | undefined
}

/** The stored record of a dialog at one place, for access outside of handlers. */
export class RecordAt {
  readonly #form: Pick<ConversationForm, "name">
  readonly #key: SessionKey
  readonly #queue: UpdateQueue
  readonly #store: StateStore
  readonly #place: SessionPlace

  /** @throws TypeError for a queue without state, and for a place without the ids of the key */
  constructor(
    form: Pick<ConversationForm, "name">,
    key: SessionKey,
    queue: UpdateQueue,
    place: SessionPlace,
  ) {
    keyOfPlace(key, place)
    this.#form = form
    this.#key = key
    this.#queue = queue
    this.#store = stateOf(queue)
    this.#place = place
  }

  /** Resolves with the stored text; `undefined` if no dialog is open. */
  async read(): Promise<string | undefined> {
    return (await this.#read()).json
  }

  /**
   * Stores a record, and puts the own update that begins its dialog. Resolves when this is stored.
   *
   * @param timeoutMs the time until the time-out; `Infinity` for none
   */
  async enter(textOf: (times: RecordTimes) => string, timeoutMs: number): Promise<void> {
    await untilNoConflict(async () => {
      const { key, version } = await this.#read()
      const generation = crypto.randomUUID()
      const dueAt = timeoutMs < Infinity ? Math.ceil(Date.now() + timeoutMs) : undefined
      const json = textOf({ generation, dueAt })
      const writes: StateWrite[] = [{ kind: "set", key, json, ifVersion: version }]
      writes.push(this.#put(key, { key: key.key, generation, kind: "enter" }))
      if (dueAt !== undefined) {
        const put = this.#put(key, { key: key.key, generation, kind: "timeout" })
        writes.push({ ...put, dueAt, timer: timerOf(this.#form, key.key) })
      }
      await this.#store.write(writes)
    })
  }

  /** Deletes the record. Resolves with false if there is none. */
  end(): Promise<boolean> {
    return untilNoConflict(async () => {
      const { key, version } = await this.#read()
      if (version === 0) return false
      const timer = timerOf(this.#form, key.key)
      await this.#store.write([
        { kind: "delete", key, ifVersion: version },
        { kind: "cancel", botId: key.botId, timer },
      ])
      return true
    })
  }

  #put({ botId, key }: StateKey, data: OwnData): StateWrite & { readonly kind: "put" } {
    const space = spaceOf(this.#form)
    const own: OwnContent = {
      name: space,
      lane: laneOfPlace(this.#queue, this.#place) ?? `${space} ${key}`,
      ...originOfPlace(this.#place),
      data,
    }
    return { kind: "put", botId, own }
  }

  async #read(): Promise<{ key: StateKey; version: number; json: string | undefined }> {
    const key = await findStateKey(this.#store, this.#key, spaceOf(this.#form), this.#place)
    const [entry] = await this.#store.read([key])
    return { key, version: entry?.version ?? 0, json: entry?.json }
  }
}
