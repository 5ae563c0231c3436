import { type ErrorCode, HandlerError } from "../../telegram/errors.js"
import type { Update } from "../../telegram/types.js"

/** A handler has been running for longer than `handlerTimeoutMs`. `ctx.signal` has been aborted. */
export class HandlerTimeout extends HandlerError {
  override readonly name = "HandlerTimeout"
  override readonly code: ErrorCode = "handler-timeout"
  /** How long it was allowed to run, in milliseconds. */
  readonly timeoutMs: number

  constructor(update: Update, timeoutMs: number) {
    super(update, new DOMException(`it has been running for ${timeoutMs} ms`, "TimeoutError"))
    this.timeoutMs = timeoutMs
  }
}
