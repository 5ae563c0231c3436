/**
 * A durable queue in PostgreSQL, for any number of processes and machines.
 *
 * @module
 */
export { LeaseLost } from "./lease-lost.js"
export { type MigrateOptions, type Migration, migratePostgresQueue } from "./migrate.js"
export { PostgresLock, type PostgresLockOptions } from "./postgres-lock.js"
export type { PostgresClient, PostgresPool, PostgresResult } from "./postgres-pool.js"
export { PostgresQueue } from "./postgres-queue.js"
export type { PostgresQueueOptions } from "./postgres-queue-options.js"
