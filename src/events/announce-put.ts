import { SounderError } from "../telegram/errors.js"
import type { Update } from "@grammyjs/types"
import { type PutOutcome, updateEvent, updatePut, updateSettled } from "./update-events.js"

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
  const startedAt = performance.now()
  const event = { ...updateEvent(botId, update), isRepeated: false }
  updatePut.publish(event)
  const settle = (outcome: PutOutcome, error?: unknown) => {
    const durationMs = performance.now() - startedAt
    updateSettled.publish(Object.assign(event, { outcome, durationMs, error }))
  }
  const settled = put(event)
  settled.then(
    () => settle("taken"),
    (error: unknown) => settle(outcomeOf(error), error),
  )
  return settled
}

function outcomeOf(error: unknown): PutOutcome {
  if (!(error instanceof SounderError)) return "failed"
  if (error.code === "queue-full") return "full"
  return error.code === "handed-back" ? "handed-back" : "failed"
}
