/** The conformance suite for queues, for any test runner. */
export {
  type QueueBehaviour,
  type QueueBehavioursOptions,
  updateQueueBehaviours,
} from "./update-queue-behaviours.js"
