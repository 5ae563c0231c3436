import type { BotUpdate, UpdateReference } from "./update-queue.js"

/** The numbers of a queue's updates by their state. */
export interface QueueStatus {
  /** Updates that wait for their lane, for a worker or for their next attempt. */
  readonly waiting: number
  /** Updates in workers' hands. */
  readonly running: number
  /** Updates that were set aside. */
  readonly setAside: number
  /** Own updates that wait for their time, such as the next runs of jobs. */
  readonly timers: number
  /** Promised calls that wait or are being made. They count among the waiting or running updates, too. */
  readonly outbox: number
  /** Values of the state, such as sessions. Values that have expired count until they are removed. */
  readonly values: number
  /**
   * The time when the oldest update that waits or is in a worker's hands was put. Absent if there is no
   * such update.
   */
  readonly oldestPutAt?: Date
  /**
   * The oldest transaction of the database that has been open for at least a minute. Until it ends, PostgreSQL removes
   * no deleted row, and each update costs more than the one before. Absent if there is none, for a queue in a file, and
   * if the database's user may not see the transactions of others.
   */
  readonly openTransaction?: OpenTransaction
}

/** A transaction of a database that is open. */
export interface OpenTransaction {
  /** The process id of its connection, for `pg_terminate_backend`. */
  readonly pid: number
  /** The `application_name` of its connection; empty if there is none. */
  readonly application: string
  /** The time of its begin. */
  readonly beganAt: Date
}

/** A promised call that waits or is being made. */
export interface WaitingCall extends BotUpdate {
  /** The lane of the call. */
  readonly lane: string
  /** The number of attempts that were begun. */
  readonly attempt: number
  /** The earliest time of the next attempt. Absent if the call need not wait. */
  readonly dueAt?: Date
  /** The time when the handler's update ended, and the call was put. */
  readonly putAt: Date
}

/** An update that was set aside, as the queue's store keeps it: a dead letter. */
export interface DeadLetter extends BotUpdate {
  /** The lane that the update has left. */
  readonly lane: string
  /** The number of the attempt that ended with `setAside`. */
  readonly attempt: number
  /** The error that was given to `setAside`, as text: with its stack if there was one. */
  readonly error: string
  /** The time when the update was set aside. */
  readonly setAsideAt: Date
}

/**
 * The operator's view of a queue with a store of its own: counts, and the updates that were set aside.
 * A method that rejects with a `StorageError`, because the store cannot be used, has changed nothing.
 */
export interface QueueAdministration {
  /** Returns the number of updates by their state. */
  status(): Promise<QueueStatus>
  /**
   * Returns the updates that were set aside, oldest first.
   *
   * @param options.limit the maximum number of updates to return. Default: 100.
   */
  setAside(options?: { readonly limit?: number }): Promise<DeadLetter[]>
  /**
   * Returns the promised calls that wait or are being made, oldest first.
   *
   * @param options.limit the maximum number of calls to return. Default: 100.
   */
  outbox(options?: { readonly limit?: number }): Promise<WaitingCall[]>
  /**
   * Puts an update that was set aside back into its lane, behind all other updates and as attempt 1.
   * Returns false if no such update was set aside.
   */
  replay(reference: UpdateReference): Promise<boolean>
  /** Deletes an update that was set aside. Returns false if no such update was set aside. */
  drop(reference: UpdateReference): Promise<boolean>
}
