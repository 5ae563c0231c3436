import type { Delivery, UpdateReference } from "../../queue/update-queue.js"

/** Returns the bot id and `update_id` of a delivery. */
export function referenceOf({ botId, update }: Delivery): UpdateReference {
  return { botId, updateId: update.update_id }
}

/** Returns a string that is unique to the referenced update, for use as a map key. */
export function keyOf({ botId, updateId }: UpdateReference): string {
  return `${botId}:${updateId}`
}
