/** The conformance suite for queues, for any test runner. */
export * from "./update-queue-behaviours.js"
