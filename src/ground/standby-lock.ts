/**
 * A lock that one process at a time can hold, such as an advisory lock in PostgreSQL. The other processes
 * stand by, and one of them takes over when the lock is released or its holder has died.
 */
export interface StandbyLock {
  /**
   * Resolves when this process holds the lock with this name. Rejects with the signal's reason after an
   * abort; the process then holds no lock. Polling waits for this rejection until the deadline of its stop,
   * but at least 0.5 s and at most 10 s. If `acquire` resolves in spite of the abort, polling releases the
   * lock. After any other rejection, and after the loss of a lock that was held for less than 10 s, polling
   * logs the reason and calls `acquire` again later.
   */
  acquire(name: string, signal: AbortSignal): Promise<HeldLock>
}

/** A lock that this process has acquired. */
export interface HeldLock {
  /**
   * Whether it is certain that no other process holds the lock now. Polling reads this value before every
   * action that needs the lock, because a process that was suspended may have lost the lock before `lost`
   * aborts.
   */
  readonly isHeld: boolean
  /** A signal that aborts when the lock is lost, with the reason. */
  readonly lost: AbortSignal
  /** Releases the lock for other processes. Never rejects; does nothing for a lock that is lost. */
  release(): Promise<void>
}
