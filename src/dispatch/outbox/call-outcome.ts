import { InputFileError } from "../../bot/input-file-error.js"
import { isUnsent } from "../../bot/unsent.js"
import { ApiError, NetworkError, RetryAfter, Unauthorized } from "../../telegram/errors.js"

/** The outcome of a failed call. */
export type CallOutcome =
  /** Telegram has refused the call, and would refuse the call again. */
  | { readonly kind: "refused" }
  /** Telegram has not carried the call out, and may do so later. */
  | { readonly kind: "not-sent"; readonly minDelayMs: number }
  /** Telegram may or may not have carried the call out. */
  | { readonly kind: "unsure" }
  /** The bot could not make the call. */
  | { readonly kind: "failed" }

/** Returns the outcome of a call that has failed with this error. */
export function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof RetryAfter) {
    return { kind: "not-sent", minDelayMs: error.retryAfter * 1_000 }
  }
  // A token that was revoked will be replaced, and the calls can be made then.
  if (error instanceof Unauthorized || isUnsent(error)) return { kind: "not-sent", minDelayMs: 0 }
  if (error instanceof ApiError) return { kind: error.errorCode < 500 ? "refused" : "unsure" }
  if (error instanceof NetworkError) return { kind: "unsure" }
  // A hook of the bot may have thrown before or after the call.
  return {
    kind: error instanceof InputFileError || error instanceof TypeError ? "failed" : "unsure",
  }
}
