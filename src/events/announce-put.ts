import { isError } from "../ground/error-text.js"
import type { Update } from "@grammyjs/types"
import type { UpdateType } from "../telegram/api.js"
import { SounderError } from "../telegram/errors.js"
import { updateType } from "../telegram/update-facts.js"
import {
  type PutOutcome,
  type UpdatePut,
  updatePut,
  updateSettled,
  type UpdateSettled,
} from "./update-events.js"

/** The facts that a queue adds to the message of a put. */
export interface AnnouncedPut {
  /** Whether the queue knows the update already; the queue sets it before the put settles. */
  isRepeated: boolean
}

/** Returns whether a channel of puts has subscribers. */
export function isPutWatched(): boolean {
  return updatePut.hasSubscribers || updateSettled.hasSubscribers
}

/**
 * Puts an update, and publishes it on `sounder:update:put` and `sounder:update:settled`. Every
 * queue, including a queue that you write, calls this function if `isPutWatched()` returns `true`.
 *
 * @param put puts the update and completes the facts; must not throw
 * @returns the promise of `put`
 */
export function announcePut(
  { botId, update }: { readonly botId: number; readonly update: Update },
  put: (announced: AnnouncedPut) => Promise<void>,
): Promise<void> {
  const event = new PutEvent(botId, update)
  updatePut.publish(event)
  const settled = put(event)
  settled.then(
    () => event.settle("taken", undefined),
    (error: unknown) => event.settle(outcomeOf(error), error),
  )
  return settled
}

/**
 * The message of a put. All fields exist from the start, so that JavaScript engines keep one object shape:
 * a message is created for every update.
 */
class PutEvent implements UpdatePut, AnnouncedPut {
  readonly botId: number
  readonly update: Update
  readonly type: UpdateType | undefined
  isRepeated = false
  outcome: PutOutcome | undefined = undefined
  durationMs = 0
  error: unknown = undefined
  readonly #startedAt = performance.now()

  constructor(botId: number, update: Update) {
    this.botId = botId
    this.update = update
    this.type = updateType(update)
  }

  settle(outcome: PutOutcome, error: unknown): void {
    this.outcome = outcome
    this.error = error
    this.durationMs = performance.now() - this.#startedAt
    // The outcome is set by now.
    updateSettled.publish(this as UpdateSettled)
  }
}

function outcomeOf(error: unknown): PutOutcome {
  if (!(isError(error) && error instanceof SounderError)) return "failed"
  if (error.code === "queue-full") return "full"
  return error.code === "handed-back" ? "handed-back" : "failed"
}
