import { outcomeOf } from "../dispatch/outbox/call-outcome.js"
import { errorText } from "../ground/error-text.js"
import { ApiError, Forbidden } from "../telegram/errors.js"

/** The result of a failed call. */
export type CallResult =
  /** Telegram has refused the call for good: another attempt would fail too. */
  | {
      readonly kind: "refused"
      readonly outcome: "blocked" | "gone" | "failed"
      readonly reason: string
    }
  /** Telegram has not carried out the call. A later attempt may succeed. */
  | { readonly kind: "not-sent"; readonly delayMs: number; readonly reason: string }
  /** The outcome is unknown: Telegram may or may not have carried out the call. */
  | { readonly kind: "unsure"; readonly reason: string }

/** Telegram's descriptions of refusals for chats that do not exist. */
const goneChat = /chat not found|user not found|deactivated|PEER_ID_INVALID|USER_ID_INVALID/i

/** Returns the result of a call that has failed with this error. */
export function resultOf(error: unknown): CallResult {
  const outcome = outcomeOf(error)
  const reason = error instanceof ApiError ? error.description : errorText(error)
  if (outcome.kind === "not-sent") return { kind: "not-sent", delayMs: outcome.minDelayMs, reason }
  if (outcome.kind === "unsure") return { kind: "unsure", reason }
  if (goneChat.test(reason)) return { kind: "refused", outcome: "gone", reason }
  return { kind: "refused", outcome: error instanceof Forbidden ? "blocked" : "failed", reason }
}
