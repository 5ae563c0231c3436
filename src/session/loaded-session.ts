import { expiryOf } from "../ground/expiry-of.js"
import { idleTimer } from "../ground/timer.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import type { SessionEntry } from "./session-entry.js"
import type { DataCodec } from "./data-codec.js"

/** The definition of a session: its name, initial data, codec and TTL. */
export interface SessionForm<Data extends object> {
  readonly name: string
  /** The namespace of the data: in the queue's state, or in the session's store. */
  readonly space: string
  readonly initial: () => Data
  readonly codec: DataCodec<Data>
  /** The time after which unused data are deleted, in milliseconds; `Infinity` for never. */
  readonly ttlMs: number
  /** Whether a change after the end of the update is warned of, as in development. */
  readonly isWatched: boolean
}

/** The time from the end of an update to the check for changes that came too late, in milliseconds. */
const lateAfterMs = 1_000

/** The data of a session for one update. */
export class LoadedSession<Data extends object> {
  readonly #form: SessionForm<Data>
  readonly #entry: SessionEntry
  /** The text of the initial data; `undefined` while it is not needed. */
  #initialText: string | undefined
  /** The data as the handlers see and change them. */
  data: Data

  /** Throws an `Unhandleable` if this program cannot read the stored text. */
  constructor(form: SessionForm<Data>, entry: SessionEntry) {
    const { text } = entry
    this.#form = form
    this.#entry = entry
    if (text === undefined) this.#initialText = form.codec.textOf(form.initial())
    // A copy, because `initial` may return one object for all, and handlers change the data in place.
    this.data = form.codec.parse(text ?? this.#initialText ?? "")
  }

  /**
   * Writes the data with the end of the update, if they have changed or half of their TTL has passed. Throws
   * a `TypeError` that names a part that JSON cannot represent. Throws a `TypeError` if another session of
   * this name has changed the data of the update.
   */
  save(): void {
    const { codec, initial, isWatched, name, ttlMs } = this.#form
    const text = codec.textOf(this.data)
    if (isWatched) this.#watchLateChanges(text)
    const now = ttlMs === Infinity ? 0 : Date.now()
    const { text: storedText, expiresAt } = this.#entry
    const isHalfOver = expiresAt !== undefined && expiresAt - now < ttlMs / 2
    if (text === (storedText ?? this.#initialText) && !isHalfOver) return
    const isInitial = text === (this.#initialText ??= codec.textOf(initial()))
    if (this.#entry.set(isInitial ? undefined : text, expiryOf(ttlMs, now))) return
    throw new TypeError(
      `Expected one session of the name ${name}, got two that change the same data in one update: ` +
        "call `session` once, and use its result in both places.",
    )
  }

  #watchLateChanges(saved: string): void {
    const { codec, name } = this.#form
    idleTimer(() => {
      if (textUnlessWrong(codec, this.data) === saved) return
      guardedLogger().warn(
        `The session ${name} was changed after its update had ended, so the change is lost: await all ` +
          "work of the handler that changes it.",
      )
    }, lateAfterMs)
  }
}

function textUnlessWrong<Data extends object>(codec: DataCodec<Data>, data: Data): string {
  try {
    return codec.textOf(data)
  } catch {
    return ""
  }
}
