import { errorStack } from "../../ground/error-text.js"
import type { Update } from "@grammyjs/types"
import { expectDurationMs } from "../../ground/expect-option.js"
import type { Delivery } from "../update-queue.js"
import type { Ending } from "./pending-write.js"
import { step } from "./steps.js"
import type { StoredLane } from "./stored-lane.js"
import type { TakenUpdate } from "./taken-rows.js"
import type { HandledUpdate } from "./update-rows.js"

/** Writes the end of a delivery; resolves when it is on disk. */
export type EndDelivery = (ending: Ending) => Promise<void>

/** One update of a `SqliteQueue` in the hands of one worker. Only the first ending counts. */
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

  async done(): Promise<void> {
    const end = this.#ending()
    if (!end) return
    step("done: asked")
    await end({ lane: this, handled: this.#handled, apply: (lanes) => lanes.advance(this.#lane) })
  }

  async retry(options: { readonly delayMs?: number } = {}): Promise<void> {
    const delayMs = expectDurationMs("delayMs", options.delayMs ?? 0)
    const end = this.#ending()
    if (!end) return
    step("retry: asked")
    const until = performance.now() + delayMs
    const dueAt = Math.min(Math.ceil(Date.now() + delayMs), Number.MAX_SAFE_INTEGER)
    await end({
      lane: this,
      waitsAgain: true,
      write: ({ updates }) => updates.retry(this.#sequence, delayMs === 0 ? 0 : dueAt),
      // The clock of the day can be set, so that the time until then is measured with another.
      apply: (lanes) => lanes.rest(this.#lane, until - performance.now()),
    })
  }

  async setAside(error: unknown): Promise<void> {
    const end = this.#ending()
    if (!end) return
    step("setAside: asked")
    const [handled, text] = [this.#handled, errorStack(error)]
    await end({
      lane: this,
      write: ({ setAside }, now) => setAside.add(handled, text, now),
      apply: (lanes) => lanes.advance(this.#lane),
    })
  }

  async handBack(): Promise<boolean> {
    const end = this.#ending()
    if (!end) return false
    step("handBack: asked")
    await end({
      lane: this,
      waitsAgain: true,
      write: ({ updates }) => updates.taken.uncount(this.#sequence),
      apply: (lanes) => lanes.open(this.#lane),
    })
    return true
  }

  get #handled(): HandledUpdate {
    return { sequence: this.#sequence, botId: this.botId, updateId: this.update.update_id }
  }

  #ending(): EndDelivery | undefined {
    const end = this.#end
    this.#end = undefined
    return end
  }
}
