import type { UpdateReference } from "../../queue/update-queue.js"

/** What became of the updates that were waiting or being handled when `stop()` was called. */
export interface StopVerdict {
  /** Handled during the stop, or set aside after the last attempt. */
  readonly handled: UpdateReference[]
  /** Given back: they come again, from Telegram or from the queue's store. */
  readonly handedBack: UpdateReference[]
  /**
   * Not known to be handled, and nobody sends them again: their handlers were still running at the
   * deadline, or had not begun.
   */
  readonly unknown: UpdateReference[]
}

/** A verdict on nothing. */
export function emptyVerdict(): StopVerdict {
  return { handled: [], handedBack: [], unknown: [] }
}
