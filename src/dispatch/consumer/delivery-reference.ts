import type { Delivery, UpdateReference } from "../../queue/update-queue.js"

/** Returns the bot and id of a delivery's update. */
export function referenceOf({ botId, update }: Delivery): UpdateReference {
  return { botId, updateId: update.update_id }
}

/** Returns a reference as the key of a map. */
export function keyOf({ botId, updateId }: UpdateReference): string {
  return `${botId}:${updateId}`
}
