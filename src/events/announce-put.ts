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

/** What a queue says of a put that is being announced. */
export interface AnnouncedPut {
  /** Set by the queue, before the put settles, where it knows the update already. */
  isRepeated: boolean
}

/** Whether anyone listens to what becomes of a put. */
export function isPutWatched(): boolean {
  return updatePut.hasSubscribers || updateSettled.hasSubscribers
}

/**
 * Puts, and tells of it on `sounder:update:put` and `sounder:update:settled`. For queues, where
 * `isPutWatched()`; a queue of your own calls it too.
 *
 * @param put puts, and notes what it finds out; must not throw
 * @returns what `put` answers
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

/** One object of one shape from begin to end, because all updates come through here. */
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
    // It has its outcome now.
    updateSettled.publish(this as UpdateSettled)
  }
}

function outcomeOf(error: unknown): PutOutcome {
  if (!(error instanceof SounderError)) return "failed"
  if (error.code === "queue-full") return "full"
  return error.code === "handed-back" ? "handed-back" : "failed"
}
