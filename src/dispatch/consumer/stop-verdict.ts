import type { UpdateReference } from "../../queue/update-queue.js"

/** The result of `stop()`: how each update ended that was waiting or running when it was called. */
export interface StopVerdict {
  /** Updates handled during the stop, or set aside after the last attempt. */
  readonly handled: UpdateReference[]
  /**
   * Updates handed back: Telegram sends them again, or the queue's store delivers them after a restart.
   */
  readonly handedBack: UpdateReference[]
  /**
   * Updates that may not have been handled, and that are not known to be delivered again: their handlers were
   * still running at the deadline or had not started, or the queue failed. An update in a durable queue is
   * listed only if the queue has not confirmed its end in time; such an update is delivered again unless its
   * end is written before the queue is closed.
   */
  readonly unknown: UpdateReference[]
}

/** Returns a verdict without updates. */
export function emptyVerdict(): StopVerdict {
  return { handled: [], handedBack: [], unknown: [] }
}
