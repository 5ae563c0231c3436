import type { StateKey } from "../../queue/state-store.js"

/**
 * A write to a store outside of the queue. The write is made right before the end of the update, because the
 * store cannot commit it together with the end.
 */
export interface OutsideWrite {
  /** The place of the value. */
  readonly key: StateKey
  /**
   * Makes the write. Resolves with a function that undoes the write, for an update whose end fails. Rejects
   * with a `StateConflict` if the value has been changed since it was read.
   */
  readonly store: () => Promise<() => Promise<void>>
}
