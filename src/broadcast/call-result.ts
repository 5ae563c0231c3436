import { outcomeOf } from "../dispatch/outbox/call-outcome.js"
import { errorText } from "../ground/error-text.js"
import { ApiError, Forbidden } from "../telegram/errors.js"

/** The result of a failed call. */
export type CallResult =
  /** Nobody will get the message by another try. */
  | {
      readonly kind: "refused"
      readonly outcome: "blocked" | "gone" | "failed"
      readonly reason: string
    }
  /** Telegram has not carried the call out, and may do so later. */
  | { readonly kind: "not-sent"; readonly delayMs: number; readonly reason: string }
  /** Telegram may or may not have carried the call out. */
  | { readonly kind: "unsure"; readonly reason: string }

/** The descriptions of refusals because there is no such chat. */
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
