/** The conformance suite for queues, for any test runner. */
export {
  type QueueBehaviour,
  type QueueBehavioursOptions,
  type QueuePair,
  updateQueueBehaviours,
} from "./update-queue-behaviours.js"
