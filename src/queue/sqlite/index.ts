/**
 * The queue that loses nothing on one machine.
 *
 * @module
 */
export { type KeptAside, type QueueStatus } from "./queue-status.js"
export * from "./sqlite-queue.js"
export * from "./steps.js"
export { StorageError, type StorageErrorCode } from "./storage-error.js"
