/**
 * A lock that one process at a time can hold, as one in a database. The other processes stand by, and
 * one of them takes over when the lock is released or its holder is gone.
 */
export interface StandbyLock {
  /**
   * Resolves when this process holds the lock of that name. An abort of `signal` rejects with its
   * reason, and nothing is held. Any other rejection is reported, and `acquire` called again later.
   */
  acquire(name: string, signal: AbortSignal): Promise<HeldLock>
}

/** A lock in the hands of this process. */
export interface HeldLock {
  /**
   * Whether it is certain that no other process holds the lock now. It is read before every action that
   * needs the lock: a process that was frozen for a while finds out here.
   */
  readonly isHeld: boolean
  /** A signal that aborts when the lock is lost, with the reason. */
  readonly lost: AbortSignal
  /** Releases the lock for other processes. Never rejects; does nothing for a lock that is lost. */
  release(): Promise<void>
}
