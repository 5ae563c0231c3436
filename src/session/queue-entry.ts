import type { StatePlace, TextEntry, UpdateState } from "../dispatch/context/update-state.js"
import type { SessionEntry } from "./session-entry.js"

/** An entry in the queue's state. */
export class QueueEntry implements SessionEntry {
  readonly #state: UpdateState
  readonly #place: StatePlace
  readonly text: string | undefined
  readonly expiresAt: number | undefined

  private constructor(state: UpdateState, place: StatePlace, read: TextEntry | undefined) {
    this.#state = state
    this.#place = place
    this.text = read?.json
    this.expiresAt = read?.expiresAt
  }

  /** Reads the text of a place. Returns a promise if the queue's store answers later. */
  static read(state: UpdateState, place: StatePlace): QueueEntry | Promise<QueueEntry> {
    const entry = state.readEntry(place)
    if (!(entry instanceof Promise)) return new QueueEntry(state, place, entry)
    return entry.then((read) => new QueueEntry(state, place, read))
  }

  set(text: string | undefined, expiresAt: number | undefined): boolean {
    const { space, key } = this.#place
    if (this.#state.knownText(this.#place) !== this.text) return false
    if (text === undefined) this.#state.delete(space, key)
    else this.#state.setText(this.#place, text, expiresAt)
    return true
  }
}
