import type { endingKinds } from "./work-function.js"

/** An update in this process's hands, as leases and endings see it. */
export interface HeldUpdate {
  readonly botId: number
  readonly lane: string
  /** The number of the worker that has the update. The number changes when this process joins again. */
  worker: string
  /** The number of this delivery, unique among all deliveries of the queue. */
  readonly epoch: string
  /** The place of the update in its lane. */
  readonly place: string
  /** Called when another worker may have the update. */
  lose(reason: Error): void
}

/** The end of a delivery that is to be written. */
export interface Ending {
  readonly delivery: HeldUpdate
  readonly kind: keyof typeof endingKinds
  readonly delayMs: number
  readonly error: string | null
}
