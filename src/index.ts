/**
 * The everyday names of Sounder.
 *
 * @module
 */
export { type Logger, quietLogger, silentLogger } from "./ground/logger.js"
export type { HeldLock, StandbyLock } from "./ground/standby-lock.js"
export type * from "./telegram/api.js"
export * from "./telegram/errors.js"
export * from "./telegram/input-file.js"
export * from "./telegram/parse-update.js"
export * from "./telegram/update-facts.js"
export * from "./telegram/update-types.js"
export * from "./telegram/webhook-errors/explain-webhook-error.js"
export type { Update } from "./telegram/types.js"
export * from "./bot/index.js"
export * from "./queue/index.js"
export * from "./certificate/index.js"
export * from "./retrieval/index.js"
export * from "./dispatch/index.js"
export * from "./fleet/index.js"
export * from "./updater.js"
