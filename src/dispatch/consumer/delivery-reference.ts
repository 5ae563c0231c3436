import type { Delivery, UpdateReference } from "../../queue/update-queue.js"

/** The name of a delivery's update. */
export function referenceOf({ botId, update }: Delivery): UpdateReference {
  return { botId, updateId: update.update_id }
}

/** A name as a key. */
export function keyOf({ botId, updateId }: UpdateReference): string {
  return `${botId}:${updateId}`
}
