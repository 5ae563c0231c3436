import type { UpdateQueue } from "../queue/update-queue.js"
import type { SessionKey, SessionPlace } from "../session/session-key.js"
import { type ConversationForm, expectState } from "./conversation-form.js"
import { RecordAt } from "./record-at.js"
import { dialogText, newFrame, parseDialog } from "./stored-dialog.js"

/** The state and data of an open dialog. */
export interface DialogSnapshot<State extends string, Data extends object> {
  /** The state. */
  readonly state: State
  /** A copy of the data. */
  readonly data: Data
}

/** The dialog of a conversation at one place, for access outside of handlers. */
export class DialogAt<State extends string, Data extends object> {
  readonly #form: ConversationForm
  readonly #record: RecordAt

  /** For conversations only: see `conversation.at`. */
  constructor(form: ConversationForm, key: SessionKey, queue: UpdateQueue, place: SessionPlace) {
    this.#form = form
    this.#record = new RecordAt(form, key, queue, place)
  }

  /** Resolves with the state and data; `undefined` if no dialog is open. */
  async read(): Promise<DialogSnapshot<State, Data> | undefined> {
    const json = await this.#record.read()
    const dialog = json === undefined ? undefined : parseDialog(this.#form, json)
    if (!dialog) return undefined
    const { state, data } = dialog.frame
    // The form belongs to a conversation with these states and data.
    return { state: state as State, data: data as Data }
  }

  /**
   * Enters a state with new data, and resolves when this is stored. The functions of `entering` are called by
   * the bot, in order with the updates of the chat.
   *
   * @param data the members that differ from the initial data
   */
  async enter(state: State, data?: Partial<Data>): Promise<void> {
    const frame = newFrame(this.#form, expectState(this.#form, state), data)
    await this.#record.enter((times) => dialogText({ frame, ...times }), this.#form.timeoutMs)
  }

  /** Ends the dialog. Resolves with false if none is open. */
  end(): Promise<boolean> {
    return this.#record.end()
  }
}
