import { errorSentence } from "../../ground/error-text.js"
import type { Logger } from "../../ground/logger.js"
import { StorageError } from "../storage-error.js"
import type { Delivery } from "../update-queue.js"
import type { StoredLane } from "./stored-lane.js"
import type { TakenUpdate } from "./taken-rows.js"

/** Returns true for the error of a file that is damaged. */
export function isDamage(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === "storage-corrupted"
}

/** Sets an update aside whose text is damaged, and logs its place. */
export function setDamagedAside(
  delivery: Pick<Delivery, "setAside">,
  { lane, update, damage }: TakenUpdate,
  logger: Logger,
): void {
  const message =
    `Update ${update.update_id} of bot ${lane.botId} in lane ${lane.name} is damaged in ` +
    `the queue file, and was set aside: ${damage?.message}`
  logger.error(message)
  delivery.setAside(new StorageError("storage-corrupted", message)).catch(() => {})
}

/** Returns the message about a lane whose first update is missing from the file. */
export function missingUpdate({ botId, name }: StoredLane): string {
  return (
    `An update of bot ${botId} in lane ${name} is missing from the queue file, and its lane continues ` +
    "without it. Other programs must not write to the file"
  )
}

/** Returns the message about a lane whose first update cannot be read. */
export function unreadableLane({ botId, name }: StoredLane, error: Error): string {
  return `${errorSentence(error)} The updates of bot ${botId} in lane ${name} wait until the file is repaired`
}
