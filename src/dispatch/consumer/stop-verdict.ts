import type { UpdateReference } from "../../queue/update-queue.js"

/** The fate of the updates that were waiting or running when `stop()` was called. */
export interface StopVerdict {
  /** Updates handled during the stop, or set aside after the last attempt. */
  readonly handled: UpdateReference[]
  /** Updates handed back: they come again, from Telegram or from the queue's store. */
  readonly handedBack: UpdateReference[]
  /**
   * Updates that may not have been handled, and that nobody sends again: their handlers were still
   * running at the deadline, or had not begun.
   */
  readonly unknown: UpdateReference[]
}

/** Returns a verdict on no updates. */
export function emptyVerdict(): StopVerdict {
  return { handled: [], handedBack: [], unknown: [] }
}
