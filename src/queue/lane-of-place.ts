import type { PlaceIds } from "../telegram/origin-of-place.js"
import { namedLaneRule } from "./named-lane-rule.js"
import type { UpdateQueue } from "./update-queue.js"

/**
 * Returns the lane of the updates of a place, by the lane rule of the queue; `undefined` for a place without a
 * chat. For a rule that is a function, returns the lane of the chat.
 */
export function laneOfPlace(
  queue: UpdateQueue,
  { chatId, threadId, userId }: PlaceIds,
): string | undefined {
  if (chatId === undefined) return undefined
  const rule = namedLaneRule(queue)
  if (rule === "user") return `${userId ?? chatId}`
  return rule === "topic" && threadId !== undefined ? `${chatId}:${threadId}` : `${chatId}`
}
