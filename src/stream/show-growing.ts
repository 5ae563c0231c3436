import { isError } from "../ground/error-text.js"
import { ApiError, Forbidden, NetworkError, RetryAfter } from "../telegram/errors.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { MakeCall } from "./answer-messages.js"
import type { GrowingView } from "./growing-view.js"
import { Pace } from "./pace.js"
import type { SourceReader } from "./source-reader.js"
import type { StreamView } from "./stream-options.js"

/** The argument of {@link showGrowing}. */
export interface Growing {
  readonly reader: SourceReader
  /** Returns a view. */
  readonly viewOf: (view: StreamView) => GrowingView
  /** The view to begin with. */
  readonly view: StreamView
  /** The shortest time between two snapshots, in milliseconds; `undefined` for the default of the view. */
  readonly paceMs: number | undefined
  /** Splits the text so far into parts within Telegram's limits. */
  readonly partsOf: (text: string) => readonly FormattedText[]
  /** Aborts the calls that show snapshots. */
  readonly signal: AbortSignal
}

/**
 * The time limit of a call that shows a snapshot, in milliseconds. After a longer call, the next snapshot is more
 * useful than another attempt.
 */
const timeoutMs = 10_000

/**
 * Shows snapshots of a growing answer, each with the text so far, until the source of the answer has ended. No call is
 * under way when the promise resolves, so that no snapshot arrives after the answer. Never rejects: an error after which no answer can arrive ends the source.
 */
export async function showGrowing(growing: Growing): Promise<void> {
  const { reader, paceMs } = growing
  let view = growing.viewOf(growing.view)
  let pace = paceOf(view, paceMs)
  let [shownLength, shownAt] = [-1, 0]
  while (!reader.ending) {
    await reader.wait(pace.remainingMs, { forPiece: false })
    if (reader.text.length === shownLength) {
      const refreshInMs = Math.max(0, shownAt + view.refreshMs - performance.now())
      await reader.wait(refreshInMs, { forPiece: true })
    }
    if (reader.ending) return
    ;[shownLength, shownAt] = [reader.text.length, performance.now()]
    const isRefused = await showOnce(growing, view, pace)
    if (!isRefused) continue
    view = growing.viewOf(view.fallback)
    pace = paceOf(view, paceMs)
    shownLength = -1
  }
}

function paceOf({ firstMs, intervalMs }: GrowingView, paceMs: number | undefined): Pace {
  return new Pace({
    firstMs: Math.min(firstMs, paceMs ?? firstMs),
    intervalMs: paceMs ?? intervalMs,
  })
}

/** Shows the current snapshot. Resolves with true if Telegram refuses this view. */
async function showOnce(growing: Growing, view: GrowingView, pace: Pace): Promise<boolean> {
  const { reader, partsOf, signal } = growing
  // The next snapshot comes soon, so that no call waits for `retry_after`.
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

/** Returns whether the next snapshot may succeed. */
function isTransient(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof ApiError && error.errorCode >= 500)
}

/** Returns whether another view may succeed: Telegram has refused a draft, or an edit. */
function isRefusalOfView(error: unknown): boolean {
  return isError(error) && error instanceof ApiError && !(error instanceof Forbidden)
}
