import type { ResponseParameters, Update } from "@grammyjs/types"
import { errorText } from "../ground/error-text.js"
import { adviceOn } from "./refusal-advice.js"

/** The codes of all errors of Sounder. A code never changes, and has a heading in `docs/errors.md`. */
export const errorCodes = [
  "api-error",
  "retry-after",
  "conflict",
  "unauthorized",
  "forbidden",
  "chat-migrated",
  "network-error",
  "input-file",
  "handler-error",
  "handler-timeout",
  "interrupted",
  "attempts-spent",
  "outbox-refused",
  "outbox-unsure",
  "outbox-failed",
  "invalid-update",
  "queue-full",
  "state-conflict",
  "unhandleable",
  "conversation-changed",
  "wait-timeout",
  "queue-closed",
  "handed-back",
  "certificate-mismatch",
  "certificate-unreadable",
  "acme-failed",
  "acme-client-missing",
  "file-exists",
  "webhook-refused",
  "listen-failed",
  "storage-full",
  "storage-read-only",
  "storage-locked",
  "storage-in-use",
  "storage-corrupted",
  "storage-gone",
  "storage-newer",
  "storage-outdated",
  "storage-unavailable",
  "storage-failed",
  "sqlite-missing",
  "pg-missing",
  "wrong-key",
  "slot-away",
  "shards-differ",
  "socks-missing",
  "lease-lost",
  "not-running",
  "already-running",
] as const

/** The code of an error of Sounder. */
export type ErrorCode = (typeof errorCodes)[number]

/**
 * The base class of all errors of Sounder. Programs compare `code`; `message` is for people and may
 * change.
 */
export class SounderError extends Error {
  override readonly name: string = "SounderError"
  /** The code of the error, which never changes. */
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Telegram's answer to a refused call. */
export interface ApiErrorDetails {
  /** The Bot API method that was called. */
  readonly method: string
  /** Telegram's error code, which is also the HTTP status. */
  readonly errorCode: number
  /** Telegram's description of the error. */
  readonly description: string
  /** Telegram's further parameters, such as `retry_after`; only some errors have them. */
  readonly parameters?: ResponseParameters | undefined
}

/**
 * The error of a call that Telegram has refused.
 *
 * @see https://core.telegram.org/bots/api#making-requests
 */
export class ApiError extends SounderError {
  override readonly name: string = "ApiError"
  /** The Bot API method that was called. */
  readonly method: string
  /** Telegram's error code, which is also the HTTP status. */
  readonly errorCode: number
  /** Telegram's description of the error. */
  readonly description: string
  /** Telegram's further parameters, such as `retry_after`; only some errors have them. */
  readonly parameters: ResponseParameters

  constructor(details: ApiErrorDetails, code: ErrorCode = "api-error", advice = "") {
    const { method, errorCode, description } = details
    super(
      code,
      `${method} was answered with ${errorCode}: ${description}${advice && `. ${advice}`}`,
    )
    this.method = method
    this.errorCode = errorCode
    this.description = description
    this.parameters = details.parameters ?? {}
  }

  /**
   * Returns an error of the subclass for Telegram's answer.
   *
   * @param advice the advice in the message of an error without a subclass
   */
  static from(details: ApiErrorDetails, advice = adviceOn(details.description)): ApiError {
    if (details.parameters?.migrate_to_chat_id !== undefined) return new ChatMigrated(details)
    if (details.errorCode === 429) return new RetryAfter(details)
    if (details.errorCode === 409) return new Conflict(details)
    if (details.errorCode === 401 || details.errorCode === 404)
      return unauthorizedOrApiError(details, advice)
    if (details.errorCode === 403) return new Forbidden(details)
    return new ApiError(details, "api-error", advice)
  }
}

/** The error 429: too many requests. */
export class RetryAfter extends ApiError {
  override readonly name = "RetryAfter"
  /** The wait that Telegram asks for, in seconds; a day at most. */
  readonly retryAfter: number

  constructor(details: ApiErrorDetails) {
    super(details, "retry-after")
    this.retryAfter = boundedSeconds(details.parameters?.retry_after)
  }
}

/** Returns a wait in seconds: 1 for a value that is not a duration, and a day at most. */
function boundedSeconds(value: unknown): number {
  return typeof value === "number" && value >= 0 ? Math.min(value, 86_400) : 1
}

/** The error 409: another process polls with this token, or a webhook is set. */
export class Conflict extends ApiError {
  override readonly name = "Conflict"

  constructor(details: ApiErrorDetails) {
    super(details, "conflict")
  }
}

/** The error 401, or 404 for a token of the wrong form: Telegram does not know this token. */
export class Unauthorized extends ApiError {
  override readonly name = "Unauthorized"

  constructor(details: ApiErrorDetails) {
    super(details, "unauthorized", "Check the bot's token with @BotFather")
  }
}

/**
 * The error 403: the bot is not permitted to make this call, for example because a user has blocked it.
 */
export class Forbidden extends ApiError {
  override readonly name = "Forbidden"

  constructor(details: ApiErrorDetails) {
    super(details, "forbidden")
  }
}

/** The error 400 of a group that has become a supergroup with another id. */
export class ChatMigrated extends ApiError {
  override readonly name = "ChatMigrated"
  /** The id of the supergroup. */
  readonly migrateToChatId: number

  constructor(details: ApiErrorDetails) {
    super(details, "chat-migrated")
    this.migrateToChatId = details.parameters?.migrate_to_chat_id ?? 0
  }
}

/**
 * The error of a call without a usable answer: the connection failed, or the answer was late, cut or not
 * JSON.
 */
export class NetworkError extends SounderError {
  override readonly name = "NetworkError"
  /** The Bot API method that was called. */
  readonly method: string

  constructor(method: string, message: string, options?: ErrorOptions) {
    super("network-error", `${method}: ${message}`, options)
    this.method = method
  }
}

/** The error of a handler that threw; `cause` is the thrown value. */
export class HandlerError extends SounderError {
  override readonly name: string = "HandlerError"
  /** The update that was being handled. */
  readonly update: Update

  /** @param message Default: the update's id and the message of the thrown value. */
  constructor(
    update: Update,
    cause: unknown,
    message = `A handler failed on update ${update.update_id}: ${errorText(cause)}`,
  ) {
    super("handler-error", message, { cause })
    this.update = update
  }
}

/** The error of a value that is not an update; `message` has the reason. */
export class InvalidUpdate extends SounderError {
  override readonly name = "InvalidUpdate"

  constructor(message: string, options?: ErrorOptions) {
    super("invalid-update", message, options)
  }
}

function unauthorizedOrApiError(details: ApiErrorDetails, advice: string): ApiError {
  // With a valid token, the description of a 404 names the missing method; otherwise it is "Not Found".
  const isUnknownToken = details.errorCode === 401 || details.description === "Not Found"
  return isUnknownToken ? new Unauthorized(details) : new ApiError(details, "api-error", advice)
}
