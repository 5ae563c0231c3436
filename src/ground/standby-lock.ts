/**
 * Something that one process at a time can hold, such as a lock in a database. The others stand by
 * and take over when it is let go or its holder is gone.
 */
export interface StandbyLock {
  /**
   * Waits until this process holds the lock of that name. An abort of `signal` rejects with its
   * reason and holds nothing. Any other rejection is reported, and asked again after a while.
   */
  acquire(name: string, signal: AbortSignal): Promise<HeldLock>
}

/** A lock as long as this process holds it. */
export interface HeldLock {
  /**
   * Whether it is sure, at this moment, that no other process holds the lock. Looked at before every
   * step that needs it: a process that was frozen for a while finds out here.
   */
  readonly isHeld: boolean
  /** Aborts when the lock is lost, with the reason. */
  readonly lost: AbortSignal
  /** Lets it go; another may have it at once. Never rejects; does nothing for one that is lost. */
  release(): Promise<void>
}
