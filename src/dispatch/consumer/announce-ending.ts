import { updateEvent, updateRetried, updateSetAside } from "../../events/update-events.js"
import type { Delivery } from "../../queue/update-queue.js"

/** Publishes the `updateRetried` event: the attempt failed, and the next one starts after `delayMs`. */
export function announceRetry(
  { botId, update, attempt }: Delivery,
  error: unknown,
  delayMs: number,
): void {
  if (!updateRetried.hasSubscribers) return
  updateRetried.publish({ ...updateEvent(botId, update), attempt, error, delayMs })
}

/** Publishes the `updateSetAside` event, with the error of the last attempt. */
export function announceSetAside({ botId, update, attempt }: Delivery, error: unknown): void {
  if (!updateSetAside.hasSubscribers) return
  updateSetAside.publish({ ...updateEvent(botId, update), attempt, error })
}
