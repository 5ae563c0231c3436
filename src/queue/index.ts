/** The queue's contract, its errors and the queue in memory. */
export * from "./update-queue.js"
export * from "./state-store.js"
export * from "./queue-closed.js"
export * from "./memory/memory-queue.js"
export type { MemoryQueueOptions } from "./memory/memory-queue-options.js"
export type { DeadLetter, QueueAdministration, WaitingCall } from "./queue-administration.js"
export { StorageError } from "./storage-error.js"
export type * from "./response-slot.js"
