import { jsonText } from "../ground/json-text.js"
import type { StateKey, StateStore } from "../queue/state-store.js"
import type { Handling } from "../dispatch/context/handling.js"
import type { Message } from "../telegram/types.js"

/** The content of the notes about one answer of an update. */
export interface AnswerRecord {
  /** The messages with the answer that were sent. */
  readonly messages: readonly Message.TextMessage[]
  /** The whole answer, when all of its messages were sent. */
  readonly answer?: { readonly text: string; readonly isStopped: boolean }
}

/** The namespace of the notes in the state. */
const space = "sounder stream"
/** The time for which notes are stored, in milliseconds: longer than the waits between attempts. */
const ttlMs = 7 * 24 * 3_600_000

/** The count of the answers that the handlers of each update have begun. */
const counts = new WeakMap<Handling, number>()

/** Returns the number of the next answer of an update, from 0. */
export function nextAnswerNumber(handling: Handling): number {
  const number = counts.get(handling) ?? 0
  counts.set(handling, number + 1)
  return number
}

/**
 * The notes about one answer of an update. The notes are written at once and not with the end of the update, so that
 * a handler that runs again after a crash finds the messages that were sent. There are no notes if the queue keeps
 * no state.
 */
export class AnswerNotes {
  readonly #handling: Handling
  readonly #state: StateStore | undefined
  readonly #key: StateKey
  #isStored = false

  /** @param number the number of the answer within its update */
  constructor(handling: Handling, number: number) {
    this.#handling = handling
    this.#state = handling.queue?.state
    const key = `${handling.update.update_id}:${number}`
    this.#key = { botId: handling.bot.id, space, key }
  }

  /** Resolves with the notes of an earlier run of the handlers. */
  async read(): Promise<AnswerRecord> {
    const [entry] = (await this.#state?.read([this.#key])) ?? []
    this.#isStored = entry !== undefined
    // `write` has stored the text.
    return entry ? (JSON.parse(entry.json) as AnswerRecord) : { messages: [] }
  }

  /** Stores the notes at once. */
  async write(record: AnswerRecord): Promise<void> {
    if (!this.#state) return
    const json = jsonText("record", record)
    const expiresAt = Date.now() + ttlMs
    await this.#state.write([{ kind: "set", key: this.#key, json, expiresAt }])
    this.#isStored = true
  }

  /** Deletes the notes with the end of the update, because no handler runs again after it. */
  forget(): void {
    if (!this.#isStored || !this.#handling.isCommittable) return
    this.#handling.state.delete(space, this.#key.key)
  }
}
