import type { Update } from "@grammyjs/types"
import { expectDurationMs } from "../../ground/expect-option.js"
import type { QueuedUpdate } from "./lane.js"
import type { ResponseSlot } from "../response-slot.js"
import type { StateWrite } from "../state-store.js"
import type { Delivery, DeliveryRetryOptions } from "../update-queue.js"

/** The four ends of a delivery, as the queue carries them out. */
export interface EndHandlers {
  /** Stores writes, all or none. Throws a `StateConflict` or a `TypeError`. */
  commit(writes: readonly StateWrite[]): void
  done(update: QueuedUpdate): void
  retry(update: QueuedUpdate, delayMs: number): void
  setAside(update: QueuedUpdate, error: unknown): void
  handBack(update: QueuedUpdate): boolean
}

const resolved = Promise.resolve()

/** A delivery of a `MemoryQueue`. Calls after the first end do nothing. */
export class MemoryDelivery implements Delivery {
  readonly botId: number
  readonly update: Update
  readonly response: ResponseSlot | undefined
  readonly lane: string
  readonly attempt: number
  readonly receivedAt: number
  readonly #queued: QueuedUpdate
  #handlers: EndHandlers | undefined

  constructor(queued: QueuedUpdate, handlers: EndHandlers) {
    this.botId = queued.botId
    this.update = queued.update
    this.response = queued.response
    this.lane = queued.lane.name
    this.attempt = queued.attempt
    this.receivedAt = queued.receivedAt
    this.#queued = queued
    this.#handlers = handlers
  }

  done(writes?: readonly StateWrite[]): Promise<void> | undefined {
    try {
      if (writes && writes.length > 0) this.#handlers?.commit(writes)
    } catch (error) {
      return Promise.reject(error)
    }
    this.#endOnce()?.done(this.#queued)
    return undefined
  }

  async retry({ delayMs = 0, isCounted = true }: DeliveryRetryOptions = {}): Promise<void> {
    expectDurationMs("delayMs", delayMs)
    const handlers = this.#endOnce()
    if (handlers && !isCounted) this.#queued.attempt -= 1
    handlers?.retry(this.#queued, delayMs)
  }

  setAside(error: unknown): Promise<void> {
    this.#endOnce()?.setAside(this.#queued, error)
    return resolved
  }

  handBack(): Promise<boolean> {
    return Promise.resolve(this.#endOnce()?.handBack(this.#queued) ?? false)
  }

  #endOnce(): EndHandlers | undefined {
    const handlers = this.#handlers
    this.#handlers = undefined
    return handlers
  }
}
