import { HandlerTimeout } from "./handler-timeout.js"
import type { Handling } from "./handling.js"
import { startTimer } from "./start-timer.js"
import type { UpdateRun } from "./update-run.js"

/** How long the lane of an update stays closed after its time, in milliseconds. */
const lingerMs = 5_000

/**
 * Runs the handlers of an update. After `timeoutMs` tells them to end, and the error handlers that
 * they did not.
 *
 * @returns when all has ended, or 5 seconds after the time is over: `false` if the work was
 * interrupted and is undone
 */
export async function runWithin(
  timeoutMs: number,
  handling: Handling,
  run: UpdateRun,
): Promise<boolean> {
  const ended = run.run()
  if (timeoutMs === Infinity) {
    await ended
    return !run.isInterrupted
  }
  const isInTime = await within(timeoutMs, ended)
  if (isInTime || handling.isAborted) {
    await ended
    return !run.isInterrupted
  }
  const error = new HandlerTimeout(handling.update, timeoutMs)
  handling.abort(error)
  await within(lingerMs, Promise.all([ended, run.fail(error)]))
  return true
}

/** Waits for the end, but not longer than that; answers whether it has come. */
function within(ms: number, end: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = startTimer(() => resolve(false), ms)
    void end.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
