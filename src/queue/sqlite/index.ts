/**
 * A durable queue in a file, for one process.
 *
 * @module
 */
export { SqliteQueue } from "./sqlite-queue.js"
export type { SqliteQueueOptions } from "./sqlite-queue-options.js"
export { SqliteQueueFile, type SqliteQueueFileOptions } from "./sqlite-queue-file.js"
