import { updateEvent, updateRetried, updateSetAside } from "../../events/update-events.js"
import type { Delivery } from "../../queue/update-queue.js"

/** Publishes that an update waits for its next attempt. */
export function announceRetry(
  { botId, update, attempt }: Delivery,
  error: unknown,
  delayMs: number,
): void {
  if (!updateRetried.hasSubscribers) return
  updateRetried.publish({ ...updateEvent(botId, update), attempt, error, delayMs })
}

/** Publishes that an update was set aside. */
export function announceSetAside({ botId, update, attempt }: Delivery, error: unknown): void {
  if (!updateSetAside.hasSubscribers) return
  updateSetAside.publish({ ...updateEvent(botId, update), attempt, error })
}
