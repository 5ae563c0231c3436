import { Timer } from "../../ground/timer.js"
import type { UpdateRun } from "./update-run.js"

/**
 * Milliseconds after the time limit until the next update of the lane starts, even if a handler still
 * runs.
 */
const graceMs = 5_000

/**
 * Runs the handlers of an update. After `timeoutMs` it aborts `ctx.signal` and reports a
 * `HandlerTimeout`. Resolves when all handlers have ended, at most 5 seconds after the limit. Never
 * rejects. Returns `undefined` if all handlers have ended already.
 */
export function runWithin(timeoutMs: number, run: UpdateRun): Promise<void> | undefined {
  const ended = run.run()
  return ended && limited(timeoutMs, run, ended)
}

async function limited(timeoutMs: number, run: UpdateRun, ended: Promise<void>): Promise<void> {
  if (await settlesWithin(timeoutMs, ended)) return
  await settlesWithin(graceMs, Promise.all([ended, run.expire(timeoutMs)]))
}

/** Waits for a promise for at most `ms`. Resolves with whether the promise has resolved by then. */
function settlesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = new Timer(() => resolve(false), ms)
    void promise.then(() => {
      timer.stop()
      resolve(true)
    })
  })
}
