import type { UpdateQueue } from "../../queue/update-queue.js"
import type { SessionKey, SessionPlace } from "../../session/session-key.js"
import { jsonText } from "../../ground/json-text.js"
import { RecordAt } from "../record-at.js"
import type { ScriptForm } from "./script-form.js"
import { parseRecord, type ScriptRecord } from "./script-record.js"

/** An open dialog of a script. */
export interface ScriptSnapshot<Data extends object> {
  /** A copy of the data with which the dialog was entered. */
  readonly data: Data
  /** The number of answers and time-outs so far. */
  readonly answers: number
  /** The time of the current wait's time-out; `undefined` for none. */
  readonly dueAt: Date | undefined
}

/** The dialog of a script at one place, for access outside of handlers. */
export class ScriptAt<Data extends object> {
  readonly #form: ScriptForm
  readonly #record: RecordAt

  /** For conversations only: see `conversation.at`. */
  constructor(form: ScriptForm, key: SessionKey, queue: UpdateQueue, place: SessionPlace) {
    this.#form = form
    this.#record = new RecordAt(form, key, queue, place)
  }

  /** Resolves with the dialog; `undefined` if none is open. */
  async read(): Promise<ScriptSnapshot<Data> | undefined> {
    const json = await this.#record.read()
    const record = json === undefined ? undefined : parseRecord(json)
    if (!record) return undefined
    const { data, dueAt, segments } = record
    return {
      // The record is one of this conversation.
      data: data as Data,
      answers: Math.max(segments.length - 1, 0),
      dueAt: dueAt === undefined ? undefined : new Date(dueAt),
    }
  }

  /**
   * Opens a dialog, or begins an open one again, and resolves when this is stored. The script is begun by the bot,
   * in order with the updates of the chat.
   *
   * @param data the members that differ from the initial data
   */
  async enter(data?: Partial<Data>): Promise<void> {
    const { version, initial } = this.#form
    const all = { ...initial(), ...data }
    jsonText("data", all)
    const record: Omit<ScriptRecord, "generation"> = { version, data: all, segments: [] }
    const textOf = (generation: string) => JSON.stringify({ generation, ...record })
    await this.#record.enter(({ generation }) => textOf(generation), Infinity)
  }

  /** Ends the dialog. Resolves with false if none is open. */
  end(): Promise<boolean> {
    return this.#record.end()
  }
}
