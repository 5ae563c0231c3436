import type { LaneRule } from "../telegram/update-facts.js"
import type { UpdateQueue } from "./update-queue.js"

/** A lane rule that has a name. */
export type NamedLaneRule = Extract<LaneRule, string>

/** The lane rules of Sounder's queues. */
const rules = new WeakMap<UpdateQueue, LaneRule>()

/** Records the lane rule of a queue, for {@link namedLaneRule}. */
export function recordLaneRule(queue: UpdateQueue, rule: LaneRule): void {
  rules.set(queue, rule)
}

/**
 * Returns the lane rule of a queue. Returns `undefined` for a rule that is a function, and for a queue
 * that is not one of Sounder's.
 */
export function namedLaneRule(queue: UpdateQueue): NamedLaneRule | undefined {
  const rule = rules.get(queue)
  return typeof rule === "string" ? rule : undefined
}
