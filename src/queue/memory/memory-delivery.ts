import type { Update } from "@grammyjs/types"
import { expectDurationMs } from "../../ground/expect-option.js"
import type { QueuedUpdate } from "./lane.js"
import type { ResponseSlot } from "../response-slot.js"
import type { Delivery } from "../update-queue.js"

/** What a queue does when a delivery ends. */
export interface Endings {
  done(update: QueuedUpdate): void
  retry(update: QueuedUpdate, delayMs: number): void
  setAside(update: QueuedUpdate, error: unknown): void
  handBack(update: QueuedUpdate): boolean
}

const ended = Promise.resolve()

/** One update of a `MemoryQueue` in the hands of one worker. Only the first ending counts. */
export class MemoryDelivery implements Delivery {
  readonly botId: number
  readonly update: Update
  readonly response: ResponseSlot | undefined
  readonly lane: string
  readonly attempt: number
  readonly receivedAt: number
  readonly #queued: QueuedUpdate
  #endings: Endings | undefined

  constructor(queued: QueuedUpdate, endings: Endings) {
    this.botId = queued.botId
    this.update = queued.update
    this.response = queued.response
    this.lane = queued.lane.name
    this.attempt = queued.attempt
    this.receivedAt = queued.receivedAt
    this.#queued = queued
    this.#endings = endings
  }

  done(): Promise<void> {
    this.#end()?.done(this.#queued)
    return ended
  }

  async retry(options: { readonly delayMs?: number } = {}): Promise<void> {
    const delayMs = expectDurationMs("delayMs", options.delayMs ?? 0)
    this.#end()?.retry(this.#queued, delayMs)
  }

  setAside(error: unknown): Promise<void> {
    this.#end()?.setAside(this.#queued, error)
    return ended
  }

  handBack(): Promise<boolean> {
    return Promise.resolve(this.#end()?.handBack(this.#queued) ?? false)
  }

  #end(): Endings | undefined {
    const endings = this.#endings
    this.#endings = undefined
    return endings
  }
}
