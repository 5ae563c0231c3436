import { unexpectedOption } from "../ground/expect-option.js"
import type { StateStore } from "./state-store.js"
import type { UpdateQueue } from "./update-queue.js"

/** Returns the state of a queue. Throws a `TypeError` for a queue that keeps no state. */
export function stateOf(queue: UpdateQueue): StateStore {
  return queue?.state ?? unexpectedOption("queue", "a queue that keeps state", queue)
}
