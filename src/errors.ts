/**
 * The namespace `errors`: all error classes of Sounder.
 *
 * @see docs/errors.md
 * @module
 */
export {
  ApiError,
  type ApiErrorDetails,
  ChatMigrated,
  Conflict,
  type ErrorCode,
  errorCodes,
  Forbidden,
  HandlerError,
  InvalidUpdate,
  NetworkError,
  RetryAfter,
  SounderError,
  Unauthorized,
} from "./telegram/errors.js"
export { InputFileError } from "./bot/input-file-error.js"
export { HandedBack, QueueFull } from "./queue/update-queue.js"
export { StateConflict } from "./queue/state-store.js"
export { QueueClosed } from "./queue/queue-closed.js"
export { StorageError, type StorageErrorCode } from "./queue/storage-error.js"
export { AttemptsSpent } from "./dispatch/handlers/attempts-spent.js"
export { Unhandleable } from "./dispatch/handlers/unhandleable.js"
export { Interrupted } from "./dispatch/context/interrupted.js"
export { OutboxError } from "./dispatch/outbox/outbox-error.js"
export { HandlerTimeout } from "./dispatch/handlers/handler-timeout.js"
