import type { endingKinds } from "./work-function.js"

/** An update that this process holds, as leases and endings see it. */
export interface HeldUpdate {
  readonly botId: number
  readonly lane: string
  /** The worker that holds it: the number of this process in the database, which may change. */
  worker: string
  /** Tells this hold of the lane from every other. */
  readonly epoch: string
  /** Its place in its lane. */
  readonly place: string
  /** Another worker may have it. */
  lose(reason: Error): void
}

/** The end of a delivery on its way into the database. */
export interface Ending {
  readonly delivery: HeldUpdate
  readonly kind: keyof typeof endingKinds
  readonly delayMs: number
  readonly error: string | null
}
