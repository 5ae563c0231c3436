import { errorClause } from "../../ground/error-text.js"
import { type ErrorCode, HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"

/**
 * The error of a promised call, for the error handlers of the dispatcher: `outbox-refused` if Telegram has
 * refused the call, `outbox-unsure` if Telegram may or may not have carried the call out, `outbox-failed` if the
 * call could not be made.
 */
export class OutboxError extends HandlerError {
  override readonly name = "OutboxError"
  override readonly code: ErrorCode
  /** The Bot API method of the call. */
  readonly method: string

  /** @param failure.cause the error of the call; absent if the process died during the call */
  constructor(
    update: Update,
    { code, method, cause }: { code: OutboxErrorCode; method: string; cause?: unknown },
  ) {
    const reason = cause === undefined ? "" : `: ${errorClause(cause)}`
    const head = `The promised call of ${method} (update ${update.update_id})`
    super(update, cause, `${head} ${consequences[code]}${reason}`)
    this.code = code
    this.method = method
  }
}

/** The codes of an {@link OutboxError}. */
export type OutboxErrorCode = "outbox-refused" | "outbox-unsure" | "outbox-failed"

const consequences: Readonly<Record<OutboxErrorCode, string>> = {
  "outbox-refused": "was refused and is dropped",
  "outbox-unsure": "may or may not have been carried out, and is set aside",
  "outbox-failed": "could not be made, and is set aside",
}
