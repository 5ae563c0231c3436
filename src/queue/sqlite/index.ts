/**
 * The queue that loses nothing on one machine.
 *
 * @module
 */
export { SqliteQueue } from "./sqlite-queue.js"
export type { SqliteQueueOptions } from "./sqlite-queue-options.js"
export { SqliteQueueFile, type SqliteQueueFileOptions } from "./sqlite-queue-file.js"
