import { errorText } from "../../ground/error-text.js"
import type { Delivery, UpdateReference } from "../../queue/update-queue.js"
import { announceRetry, announceSetAside } from "./announce-ending.js"
import { referenceOf } from "./delivery-reference.js"
import type { WorkRun } from "./work.js"

/**
 * The way in which a delivery ended. A `retrying` update waits at the head of its lane for the next
 * attempt.
 */
export type DeliveryEnd = "handled" | "handed-back" | "retrying" | "unknown"

/** Logs a message as an error. `about` is the update of the message; absent if no single update is meant. */
export type ConsumerLog = (message: string, about?: UpdateReference) => void

/**
 * Ends a delivery whose handling was cut short or has failed: hands it back, schedules a retry, or
 * sets the update aside.
 *
 * @param minDelayMs the shortest delay before the next attempt, in milliseconds
 */
export async function endUnhandled(
  delivery: Delivery,
  { isHandedBack, failure, thrown }: WorkRun,
  { log, minDelayMs }: { readonly log: ConsumerLog; readonly minDelayMs: number },
): Promise<DeliveryEnd> {
  if (isHandedBack) return handBack(delivery, log)
  if (failure?.next === "retry") {
    const delayMs = Math.max(failure.retryInMs ?? 0, minDelayMs)
    const { isCounted = true } = failure
    await delivery.retry({ delayMs, isCounted })
    if (isCounted) announceRetry(delivery, thrown, delayMs)
    return "retrying"
  }
  await delivery.setAside(thrown)
  announceSetAside(delivery, thrown)
  return "handled"
}

/**
 * Hands a delivery back. Resolves with `"unknown"` if the queue fails, or if only this process has the
 * update. Never rejects.
 */
export async function handBack(
  delivery: Delivery,
  log: ConsumerLog,
): Promise<"handed-back" | "unknown"> {
  // The signal aborts when the queue revokes the delivery: the queue will deliver the update again.
  if (delivery.signal?.aborted === true) return "handed-back"
  try {
    return (await delivery.handBack()) ? "handed-back" : "unknown"
  } catch (error) {
    const about = referenceOf(delivery)
    log(`Could not hand back update ${about.updateId}: ${errorText(error)}`, about)
    return "unknown"
  }
}

/**
 * Ends the delivery of an update whose handlers still run after their interrupt: the update is done. Resolves
 * with `"unknown"` if the queue fails. Never rejects.
 */
export async function endInterrupted(
  delivery: Delivery,
  log: ConsumerLog,
): Promise<"handled" | "unknown"> {
  try {
    await delivery.done()
    return "handled"
  } catch (error) {
    const about = referenceOf(delivery)
    log(`Could not end the interrupted update ${about.updateId}: ${errorText(error)}`, about)
    return "unknown"
  }
}
