import { type ErrorCode, HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"

/**
 * The error of an update whose handlers ran for longer than `handlerTimeoutMs`; `ctx.signal` has aborted.
 */
export class HandlerTimeout extends HandlerError {
  override readonly name = "HandlerTimeout"
  override readonly code: ErrorCode = "handler-timeout"
  /** The time limit, in milliseconds. */
  readonly timeoutMs: number

  constructor(update: Update, timeoutMs: number) {
    super(update, new DOMException(`it has been running for ${timeoutMs} ms`, "TimeoutError"))
    this.timeoutMs = timeoutMs
  }
}
