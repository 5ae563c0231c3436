import { errorText } from "../../ground/error-text.js"
import type { Delivery, UpdateReference } from "../../queue/update-queue.js"
import { announceRetry, announceSetAside } from "./announce-ending.js"
import { referenceOf } from "./delivery-reference.js"
import type { WorkRun } from "./work.js"

/** The end of a delivery. A `resting` update waits in its place for the next attempt. */
export type DeliveryEnd = "handled" | "handed-back" | "resting" | "unknown"

/** Tells the operator, about one update or about none. */
export type ConsumerLog = (message: string, about?: UpdateReference) => void

/**
 * Ends a delivery whose update was not handled: hands it back, has it tried again, or sets it aside.
 *
 * @param leastDelayMs the shortest rest before the next attempt
 */
export async function endUndone(
  delivery: Delivery,
  { isInterrupted, failure, thrown }: WorkRun,
  { log, leastDelayMs }: { readonly log: ConsumerLog; readonly leastDelayMs: number },
): Promise<DeliveryEnd> {
  if (isInterrupted) return handBack(delivery, log)
  if (failure?.next === "retry") {
    const delayMs = Math.max(failure.retryInMs ?? 0, leastDelayMs)
    await delivery.retry({ delayMs })
    announceRetry(delivery, thrown, delayMs)
    return "resting"
  }
  await delivery.setAside(thrown)
  announceSetAside(delivery, thrown)
  return "handled"
}

/** Hands a delivery back. Never rejects: a queue that fails counts as one that has refused. */
export async function handBack(
  delivery: Delivery,
  log: ConsumerLog,
): Promise<"handed-back" | "unknown"> {
  // A queue that has taken the update away has it already.
  if (delivery.signal?.aborted === true) return "handed-back"
  try {
    return (await delivery.handBack()) ? "handed-back" : "unknown"
  } catch (error) {
    const about = referenceOf(delivery)
    log(`Could not hand back update ${about.updateId}: ${errorText(error)}`, about)
    return "unknown"
  }
}
