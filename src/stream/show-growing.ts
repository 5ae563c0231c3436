import { isError } from "../ground/error-text.js"
import { ApiError, Forbidden, NetworkError, RetryAfter } from "../telegram/errors.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { MakeCall } from "./answer-messages.js"
import type { GrowingView } from "./growing-view.js"
import { Pace } from "./pace.js"
import type { SourceReader } from "./source-reader.js"
import type { StreamView } from "./stream-options.js"

/** The parts of {@link showGrowing}. */
export interface Growing {
  readonly reader: SourceReader
  /** Returns a view. */
  readonly viewOf: (view: StreamView) => GrowingView
  /** The view to begin with. */
  readonly view: StreamView
  /** The shortest time between two states, in milliseconds; `undefined` for the view's own time. */
  readonly paceMs: number | undefined
  /** Returns the parts of a text that grows. */
  readonly partsOf: (text: string) => readonly FormattedText[]
  /** Ends the calls for states. */
  readonly signal: AbortSignal
}

/** The longest time of a call for a state without progress, in milliseconds: the next state is more useful. */
const timeoutMs = 10_000

/**
 * Shows a growing answer until its source has ended. No call is under way when the promise resolves, so that no
 * state arrives after the answer. Never rejects: an error after which no answer can arrive ends the source.
 */
export async function showGrowing(growing: Growing): Promise<void> {
  const { reader, paceMs } = growing
  let view = growing.viewOf(growing.view)
  let pace = paceOf(view, paceMs)
  let [seen, seenAt] = [-1, 0]
  while (!reader.ending) {
    await reader.wait(pace.remainingMs, { forPiece: false })
    if (reader.text.length === seen) {
      const refreshInMs = Math.max(0, seenAt + view.refreshMs - performance.now())
      await reader.wait(refreshInMs, { forPiece: true })
    }
    if (reader.ending) return
    ;[seen, seenAt] = [reader.text.length, performance.now()]
    const refusal = await showOnce(growing, view, pace)
    if (!refusal) continue
    view = growing.viewOf(view.fallback)
    pace = paceOf(view, paceMs)
    seen = -1
  }
}

function paceOf({ firstMs, intervalMs }: GrowingView, paceMs: number | undefined): Pace {
  return new Pace({
    firstMs: Math.min(firstMs, paceMs ?? firstMs),
    intervalMs: paceMs ?? intervalMs,
  })
}

/** Shows the current state. Resolves with true if Telegram refuses this view. */
async function showOnce(growing: Growing, view: GrowingView, pace: Pace): Promise<boolean> {
  const { reader, partsOf, signal } = growing
  // The next state comes soon, so that no call waits for `retry_after`.
  const make: MakeCall = (call) => call({ signal, timeoutMs, maxWaitMs: 0 })
  try {
    const begin = performance.now()
    const parts = partsOf(reader.text)
    const costMs = performance.now() - begin
    await view.show(parts, make)
    pace.shown(costMs)
  } catch (error) {
    if (error instanceof RetryAfter) pace.refused(error.retryAfter * 1_000)
    else if (isTransient(error)) pace.refused(0)
    else if (isRefusalOfView(error)) return true
    else reader.fail(error)
  }
  return false
}

/** Returns whether the next state may succeed. */
function isTransient(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof ApiError && error.errorCode >= 500)
}

/** Returns whether another view may succeed: Telegram has refused a draft, or an edit. */
function isRefusalOfView(error: unknown): boolean {
  return isError(error) && error instanceof ApiError && !(error instanceof Forbidden)
}
