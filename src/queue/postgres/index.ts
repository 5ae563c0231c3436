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
export { type ArrangeOptions, arrangeShards } from "./shards/arrange-shards.js"
export { type MoveOptions, moveSlots } from "./shards/move-slots.js"
export type { ShardPools, Shards } from "./shards/shard-pools.js"
export { ShardedQueue } from "./shards/sharded-queue.js"
export type { ShardedQueueOptions } from "./shards/sharded-queue-options.js"
export type { SlotRule } from "./shards/slots.js"
