/**
 * The state of a queue: values that are stored next to its updates. A handler's writes are committed with the
 * end of its update.
 *
 * @module
 */
import { SounderError } from "../telegram/errors.js"
import type { OwnContent } from "../telegram/own-update.js"

/** The place of a value in a {@link StateStore}. */
export interface StateKey {
  /** The id of the bot. Bots do not share values. */
  readonly botId: number
  /** The namespace, such as the name of a session. */
  readonly space: string
  /** The key within the namespace, such as the id of a chat. */
  readonly key: string
}

/** A stored value. */
export interface StateEntry {
  /** The value as JSON text. */
  readonly json: string
  /** The number of this version, unique among all versions of the value. */
  readonly version: number
  /** The time from which the value counts as deleted, in milliseconds since 1970. Absent for none. */
  readonly expiresAt?: number
}

/** The condition of a write. */
interface Guarded {
  /** The place of the value. */
  readonly key: StateKey
  /**
   * The version that the value must have: the version that was read, or 0 for a value that must not
   * exist. Default: any version.
   */
  readonly ifVersion?: number | undefined
}

/** A write that stores a value. */
export interface StateSet extends Guarded {
  /** The kind of the write. */
  readonly kind: "set"
  /** The value as JSON text. */
  readonly json: string
  /** The time from which the value counts as deleted, in milliseconds since 1970. Default: none. */
  readonly expiresAt?: number | undefined
}

/** A write that deletes a value. */
export interface StateDelete extends Guarded {
  /** The kind of the write. */
  readonly kind: "delete"
}

/** A write that puts an own update: at once, or at a time. */
export interface OwnPut {
  /** The kind of the write. */
  readonly kind: "put"
  /** The id of the bot. */
  readonly botId: number
  /** The content. The update is put at the end of its lane, even if the queue is full. */
  readonly own: OwnContent
  /** The time of the put, in milliseconds since 1970. Default: at once. */
  readonly dueAt?: number | undefined
  /**
   * The name of the timer, unique within the bot. A put with the name of a timer that is not due yet
   * replaces that timer. Default: none; the timer cannot be replaced or cancelled.
   */
  readonly timer?: string | undefined
}

/** A write that removes a timer that is not due yet. */
export interface TimerCancel {
  /** The kind of the write. */
  readonly kind: "cancel"
  /** The id of the bot. */
  readonly botId: number
  /** The name of the timer. */
  readonly timer: string
}

/** A write to a {@link StateStore}. */
export type StateWrite = StateSet | StateDelete | OwnPut | TimerCancel

/** The values that a queue stores next to its updates. */
export interface StateStore {
  /** Whether several processes may take updates of the queue at the same time. Default: false. */
  readonly isShared?: boolean
  /**
   * Resolves with the entry of each key, in the order of the keys; `undefined` for a key without a
   * value. A store in a database reads all keys with one statement.
   */
  read(keys: readonly StateKey[]): Promise<(StateEntry | undefined)[]>
  /**
   * Returns the same entries as {@link read} synchronously, and throws the errors with which `read`
   * rejects. Absent if the store cannot read synchronously, such as a database on another machine.
   */
  readNow?(keys: readonly StateKey[]): (StateEntry | undefined)[]
  /**
   * Stores writes that belong to no update: all of them, or none. Each key and each timer may occur once.
   * A queue in several databases rejects writes of several bots with a `TypeError`. Rejects with a
   * {@link StateConflict} if a value does not have the version that its write expects.
   */
  write(writes: readonly StateWrite[]): Promise<void>
}

/** Returns a string that is unique to a key. */
export function stateKeyText({ botId, space, key }: StateKey): string {
  return `${botKeyPrefix(botId)}${space}\0${key}`
}

/** Returns the text that the texts of all keys of a bot begin with, and no others. */
export function botKeyPrefix(botId: number): string {
  return `${botId}\0`
}

/**
 * The error of a write that expects another version of its value. None of the writes of its call was stored.
 */
export class StateConflict extends SounderError {
  override readonly name = "StateConflict"
  /** The place of the value. */
  readonly key: StateKey

  constructor(key: StateKey) {
    super(
      "state-conflict",
      `The value ${JSON.stringify(key.key)} of ${JSON.stringify(key.space)} was changed by another ` +
        "update since it was read",
    )
    this.key = key
  }
}
