import type { StoredWrites } from "./state-statement.js"
import type { endingKinds } from "./work-function.js"

/** The part of a delivery that the code of leases and endings needs. */
export interface HeldUpdate {
  readonly botId: number
  readonly lane: string
  /**
   * The number of the worker that has the update. The number changes when `Lease.rejoin` registers
   * this process as a new worker.
   */
  worker: string
  /** The number of this delivery, unique among all deliveries of the queue. */
  readonly epoch: string
  /** The place of the update in its lane. */
  readonly place: string
  /** The id of the update. */
  readonly updateId: number
  /** The time since when this process has the update, on the clock of `performance.now`. */
  readonly heldSinceMs: number
  /** Aborts the delivery, because the lease is lost and another worker may have taken the update. */
  lose(reason: Error): void
}

/** The end of a delivery, which has to be written to the database. */
export interface Ending {
  readonly delivery: HeldUpdate
  readonly kind: keyof typeof endingKinds
  /** The time until the next attempt, in milliseconds; 0 unless `kind` is `retry`. */
  readonly delayMs: number
  readonly error: string | null
  /** The writes that are committed with the ending; absent for none. */
  readonly writes?: StoredWrites | undefined
}
