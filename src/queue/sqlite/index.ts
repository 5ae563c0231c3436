/**
 * The queue that loses nothing on one machine.
 *
 * @module
 */
export * from "./sqlite-queue.js"
export type { SqliteQueueOptions } from "./sqlite-queue-options.js"
export * from "./sqlite-queue-file.js"
export * from "./steps.js"
