/** Everything that the next step of polling depends on. Times are milliseconds of one clock. */
export interface PollingState {
  /** The time now. */
  readonly now: number
  /** No call before this time, because of a failure. */
  readonly notBefore: number
  /** When the last call was made, and its offset; `undefined` before the first. */
  readonly lastCall: { readonly at: number; readonly offset: number | undefined } | undefined
  /** When the last answer came. */
  readonly answeredAt: number
  /** The offset that can be sent now. */
  readonly offset: number | undefined
  /** How many updates Telegram would send again with this offset. */
  readonly held: number
  /** How many new updates to fetch at once, as the last answer was full and more may wait; else 0. */
  readonly wanted: number
  /** How long to wait after an answer, in milliseconds, while updates are held. */
  readonly paceMs: number
}

/** What polling does next. */
export type NextStep =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "fetch"; readonly offset: number | undefined; readonly held: number }

/** Telegram sends at most so many updates at once, counted from the offset. */
export const mostUpdates = 100

/** Telegram answers a call with the offset of the last one, made within this time, with one update. */
const sameOffsetMs = 500

/** Updates that are handled at about the same time are confirmed together. */
const movedOffsetMs = 100

/**
 * Decides whether to call now or to wait. A pure function.
 *
 * Nothing is held: at once, but never twice within half a second with one offset. Updates are held:
 * `paceMs` after the last answer, sooner when the offset has moved, and at once when more updates
 * wait and Telegram would show them.
 */
export function nextStep(state: PollingState): NextStep {
  const at = Math.max(state.notBefore, earliestCall(state))
  if (state.now < at) return { kind: "wait", ms: Math.ceil(at - state.now) }
  return { kind: "fetch", offset: offsetOf(state), held: state.held }
}

function earliestCall({
  lastCall,
  answeredAt,
  offset,
  held,
  wanted,
  paceMs,
}: PollingState): number {
  if (!lastCall) return 0
  const hasMoved = lastCall.offset !== offset
  if (held === 0) return hasMoved ? 0 : lastCall.at + sameOffsetMs
  if (wanted > 0 && held + wanted <= mostUpdates) return 0
  return answeredAt + (hasMoved ? Math.min(paceMs, movedOffsetMs) : paceMs)
}

/** One less confirms the same, and Telegram does not take it for the call before. */
function offsetOf({ now, lastCall, offset, held }: PollingState): number | undefined {
  const isRepeated = lastCall?.offset === offset && now - (lastCall?.at ?? 0) < sameOffsetMs
  return isRepeated && held > 0 && offset !== undefined && offset > 1 ? offset - 1 : offset
}
