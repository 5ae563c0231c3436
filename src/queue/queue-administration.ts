import type { BotUpdate, UpdateReference } from "./update-queue.js"

/** How many updates a queue has. */
export interface QueueStatus {
  /** Those that wait: for their lane, for a worker or for their next attempt. */
  readonly waiting: number
  /** Those that a worker holds. */
  readonly running: number
  /** Those that were set aside. */
  readonly setAside: number
  /** When the first of those that wait or run was put; absent where there are none. */
  readonly oldestPutAt?: Date
}

/** An update that left its lane unhandled, as the queue's store keeps it. */
export interface KeptAside extends BotUpdate {
  /** The lane that it left. */
  readonly lane: string
  /** How often it had been taken. */
  readonly attempt: number
  /** The text of what was given to `setAside`, with its stack where it had one. */
  readonly error: string
  /** When it was set aside. */
  readonly setAsideAt: Date
}

/**
 * What an operator asks of a queue with a store of its own, beside putting and taking: how much
 * there is, and what becomes of what was set aside. Each rejects with a `StorageError` where the
 * store cannot be used, and has then changed nothing.
 */
export interface QueueAdministration {
  /** How many updates there are. */
  status(): Promise<QueueStatus>
  /**
   * What was set aside, oldest first.
   *
   * @param options.limit how many at most; 100 by default
   */
  setAside(options?: { readonly limit?: number }): Promise<KeptAside[]>
  /**
   * Puts what was set aside into its lane again, behind all others, as attempt 1. Answers whether
   * it was there.
   */
  replay(reference: UpdateReference): Promise<boolean>
  /** Forgets what was set aside. Answers whether it was there. */
  drop(reference: UpdateReference): Promise<boolean>
}
