/** All that the next step of polling depends on. Times are milliseconds of one clock. */
export interface PollingState {
  /** The time now. */
  readonly now: number
  /** No call before this time, because of a setback. */
  readonly notBefore: number
  /** When the last call was made, and its offset; `undefined` before the first. */
  readonly lastCall: { readonly at: number; readonly offset: number | undefined } | undefined
  /** When the last answer came. */
  readonly answeredAt: number
  /** The offset that can be sent now. */
  readonly offset: number | undefined
  /** How many updates Telegram would send again with this offset. */
  readonly held: number
}

/** What polling does next. */
export type NextStep =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "fetch"; readonly offset: number | undefined; readonly held: number }

/** Telegram answers calls with one offset, made within half a second, with a single update. */
const sameOffsetMs = 500

/** Updates that are handled at about the same time are confirmed together. */
const movedOffsetMs = 100

/**
 * Decides whether to call now or to wait. A pure function.
 *
 * Nothing is held back: at once, but never twice within half a second with one offset. An update is
 * held back: half a second after the last answer, or as soon as the offset has moved.
 */
export function nextStep(state: PollingState): NextStep {
  const at = Math.max(state.notBefore, earliestCall(state))
  if (state.now < at) return { kind: "wait", ms: Math.ceil(at - state.now) }
  return { kind: "fetch", offset: state.offset, held: state.held }
}

function earliestCall({ lastCall, answeredAt, offset, held }: PollingState): number {
  if (!lastCall) return 0
  const isSame = lastCall.offset === offset
  if (held === 0) return isSame ? lastCall.at + sameOffsetMs : 0
  return answeredAt + (isSame ? sameOffsetMs : movedOffsetMs)
}
