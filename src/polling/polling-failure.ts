import { isError } from "../ground/error-text.js"
import { ApiError, Conflict, RetryAfter } from "../telegram/errors.js"

/** The kind of a failed `getUpdates`, which determines how polling continues. */
export type PollingFailure =
  | { readonly kind: "unknown-token" }
  | { readonly kind: "other-poller" }
  | { readonly kind: "webhook" }
  /** `atLeastMs` is the shortest wait that Telegram demands, in milliseconds. */
  | { readonly kind: "transient"; readonly atLeastMs: number }

/**
 * Returns the kind of a failed call. A pure function.
 *
 * Status 401 or 404 means that Telegram does not know the token. Status 409 means that another process polls,
 * or that a webhook is set: the other process can stop, and the webhook can be deleted, at any time. All
 * other failures are transient: no answer, a failing server, too many requests.
 */
export function pollingFailure(error: unknown): PollingFailure {
  if (!isError(error)) return { kind: "transient", atLeastMs: 0 }
  if (error instanceof Conflict) {
    return { kind: /webhook/i.test(error.description) ? "webhook" : "other-poller" }
  }
  if (error instanceof RetryAfter) return { kind: "transient", atLeastMs: error.retryAfter * 1000 }
  const isUnknown = error instanceof ApiError && [401, 404].includes(error.errorCode)
  return isUnknown ? { kind: "unknown-token" } : { kind: "transient", atLeastMs: 0 }
}
