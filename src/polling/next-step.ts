/** The state that determines the next step of polling. Times are milliseconds of one monotonic clock. */
export interface PollingState {
  /** The current time. */
  readonly now: number
  /** The end of the wait after a failure: no call is made before this time. */
  readonly notBefore: number
  /** The time and the offset of the last call; `undefined` before the first call. */
  readonly lastCall: { readonly at: number; readonly offset: number | undefined } | undefined
  /** The time of the last answer. */
  readonly answeredAt: number
  /** The offset that a call would send now; `undefined` before the first update. */
  readonly offset: number | undefined
  /** Number of known updates that a call with this offset would return again. */
  readonly unacknowledged: number
  /**
   * Number of new updates to fetch without waiting, because the last answer was full and more updates may be
   * pending; 0 if the last answer was not full.
   */
  readonly newUpdates: number
  /** Milliseconds between an answer and the next call while updates are unacknowledged. */
  readonly intervalMs: number
}

/** The next step of polling: a wait, or a call of `getUpdates`. */
export type NextStep =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "fetch"; readonly offset: number | undefined; readonly unacknowledged: number }

/** The size of Telegram's window: `getUpdates` returns at most 100 updates, counted from the offset. */
export const windowSize = 100

/**
 * Telegram returns only one update if a call with the same offset was made less than this number of
 * milliseconds ago.
 */
const sameOffsetMs = 500

/**
 * Milliseconds between an answer and the next call with a new offset. The wait lets one call acknowledge
 * several updates.
 */
const movedOffsetMs = 100

/**
 * Returns the next step of polling. A pure function.
 *
 * If no update is unacknowledged, the step is a call, which Telegram keeps open until an update arrives. Two
 * such calls with the same offset are at least {@link sameOffsetMs} apart.
 *
 * If updates are unacknowledged, Telegram answers a call with them at once. The call is therefore made
 * `intervalMs` after the last answer, at most {@link movedOffsetMs} after it if the offset has moved, and at
 * once if new updates are pending that fit into the window.
 */
export function nextStep(state: PollingState): NextStep {
  const at = Math.max(state.notBefore, earliestCall(state))
  if (state.now < at) return { kind: "wait", ms: Math.ceil(at - state.now) }
  return { kind: "fetch", offset: offsetOf(state), unacknowledged: state.unacknowledged }
}

function earliestCall({
  lastCall,
  answeredAt,
  offset,
  unacknowledged,
  newUpdates,
  intervalMs,
}: PollingState): number {
  if (!lastCall) return 0
  const hasMoved = lastCall.offset !== offset
  if (unacknowledged === 0) return hasMoved ? 0 : lastCall.at + sameOffsetMs
  if (newUpdates > 0 && unacknowledged + newUpdates <= windowSize) return 0
  return answeredAt + (hasMoved ? Math.min(intervalMs, movedOffsetMs) : intervalMs)
}

/**
 * Returns the offset to send. If the last call was made within {@link sameOffsetMs} with the same offset, the
 * returned offset is lower by one: Telegram returns the same updates for it, and does not limit the answer to
 * one update.
 */
function offsetOf({ now, lastCall, offset, unacknowledged }: PollingState): number | undefined {
  const isRepeated = lastCall?.offset === offset && now - (lastCall?.at ?? 0) < sameOffsetMs
  return isRepeated && unacknowledged > 0 && offset !== undefined && offset > 1
    ? offset - 1
    : offset
}
