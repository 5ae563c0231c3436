import { redactSecrets } from "../../telegram/redact-tokens.js"
import { errorStack } from "../../ground/error-text.js"
import type { Update } from "@grammyjs/types"
import { expectDurationMs } from "../../ground/expect-option.js"
import { expectWrites } from "../expect-writes.js"
import { StateConflict, type StateWrite } from "../state-store.js"
import type { Delivery, DeliveryRetryOptions } from "../update-queue.js"
import type { EndingEffects } from "./pending-write.js"
import type { KnownLanes } from "./known-lanes.js"
import { sqliteCrashPoint } from "./crash-points.js"
import type { StoredLane } from "./stored-lane.js"
import type { TakenUpdate } from "./taken-rows.js"
import type { HandledUpdate } from "./update-rows.js"

/** A function that writes the end of a delivery. Resolves when the end is on disk. */
export type EndDelivery = (effects: EndingEffects) => Promise<void>

/** A delivery of a `SqliteQueue`. Calls after the first end do nothing. */
export class SqliteDelivery implements Delivery {
  readonly botId: number
  readonly update: Update
  readonly lane: string
  readonly attempt: number
  readonly receivedAt: number
  readonly #lane: StoredLane
  readonly #sequence: number
  #end: EndDelivery | undefined

  constructor({ lane, update, attempt, receivedAt }: TakenUpdate, end: EndDelivery) {
    this.botId = lane.botId
    this.update = update
    this.lane = lane.name
    this.attempt = attempt
    this.receivedAt = receivedAt
    this.#lane = lane
    this.#sequence = lane.head
    this.#end = end
  }

  async done(writes: readonly StateWrite[] = []): Promise<void> {
    if (this.#end) expectWrites(writes)
    const end = this.#endOnce()
    if (!end) return
    sqliteCrashPoint("done: asked")
    const apply = (lanes: KnownLanes) => lanes.advance(this.#lane)
    try {
      await end({ lane: this, handled: this.#handled, apply, ...(writes.length > 0 && { writes }) })
    } catch (error) {
      if (error instanceof StateConflict) this.#end = end
      throw error
    }
  }

  async retry({ delayMs = 0, isCounted = true }: DeliveryRetryOptions = {}): Promise<void> {
    expectDurationMs("delayMs", delayMs)
    const end = this.#endOnce()
    if (!end) return
    sqliteCrashPoint("retry: asked")
    const dueMs = performance.now() + delayMs
    const dueAt = Math.min(Math.ceil(Date.now() + delayMs), Number.MAX_SAFE_INTEGER)
    await end({
      lane: this,
      waitsAgain: true,
      write: ({ updates }) => {
        updates.retry(this.#sequence, delayMs === 0 ? 0 : dueAt)
        if (!isCounted) updates.taken.uncountAttempt(this.#sequence)
      },
      // The wall clock can be set, so that the remaining delay is measured with the monotonic clock.
      apply: (lanes) => lanes.openAfter(this.#lane, dueMs - performance.now()),
    })
  }

  async setAside(error: unknown): Promise<void> {
    const end = this.#endOnce()
    if (!end) return
    sqliteCrashPoint("setAside: asked")
    const [handled, text] = [this.#handled, redactSecrets(errorStack(error))]
    await end({
      lane: this,
      write: ({ setAside }, now) => setAside.add(handled, text, now),
      apply: (lanes) => lanes.advance(this.#lane),
    })
  }

  async handBack(): Promise<boolean> {
    const end = this.#endOnce()
    if (!end) return false
    sqliteCrashPoint("handBack: asked")
    await end({
      lane: this,
      waitsAgain: true,
      write: ({ updates }) => updates.taken.uncountAttempt(this.#sequence),
      apply: (lanes) => lanes.open(this.#lane),
    })
    return true
  }

  get #handled(): HandledUpdate {
    return { sequence: this.#sequence, botId: this.botId, updateId: this.update.update_id }
  }

  #endOnce(): EndDelivery | undefined {
    const end = this.#end
    this.#end = undefined
    return end
  }
}
