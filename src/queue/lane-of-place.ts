import type { PlaceIds } from "../telegram/origin-of-place.js"
import { namedLaneRule } from "./named-lane-rule.js"
import type { UpdateQueue } from "./update-queue.js"

/**
 * Returns the lane of own updates for a chat, by the lane rule of the queue; `undefined` without a chat. If
 * the rule is a function, returns the lane of the chat.
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
