/** Where updates wait between being received and being handled. */
export * from "./update-queue.js"
export * from "./queue-closed.js"
export * from "./memory-queue.js"
