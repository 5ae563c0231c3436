/**
 * The queue that loses nothing on one machine.
 *
 * @module
 */
export * from "./sqlite-queue.js"
export * from "./steps.js"
