import {
  type HandlingOutcome,
  type UpdateEvent,
  updateHandled,
  updateHandling,
  type UpdateHandling,
} from "./update-events.js"

/** What a handling comes to. */
export interface HandlingResult {
  readonly outcome: HandlingOutcome
  readonly error: unknown
}

/** Whether anyone listens to how updates are handled. */
export function isHandlingWatched(): boolean {
  return updateHandling.hasSubscribers || updateHandled.hasSubscribers
}

/**
 * Handles an update, and tells of it on `sounder:update:handling` and `sounder:update:handled`.
 *
 * @param handle must not reject
 * @param result asked when it has resolved
 */
export async function announceHandling(
  update: UpdateEvent & { readonly attempt: number },
  handle: () => Promise<void>,
  result: () => HandlingResult,
): Promise<void> {
  const startedAt = performance.now()
  const event: UpdateHandling = { ...update, around: (run) => run() }
  updateHandling.publish(event)
  await event.around(handle)
  const durationMs = performance.now() - startedAt
  updateHandled.publish(Object.assign(event, { durationMs, ...result() }))
}
