import { Timer } from "../../ground/timer.js"
import type { UpdateRun } from "./update-run.js"

/** How long the lane of an update stays closed after the time limit, in milliseconds. */
const lingerMs = 5_000

/**
 * Runs the handlers of an update. After `timeoutMs` it aborts them and reports a `HandlerTimeout`.
 * Resolves when all handlers have ended, or 5 seconds after the limit.
 */
export async function runWithin(timeoutMs: number, run: UpdateRun): Promise<void> {
  const ended = run.run()
  if (await within(timeoutMs, ended)) return
  await within(lingerMs, Promise.all([ended, run.expire(timeoutMs)]))
}

/** Waits for an end for some milliseconds at most. Resolves with whether it has come. */
function within(ms: number, end: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = new Timer(() => resolve(false), ms)
    void end.then(() => {
      timer.stop()
      resolve(true)
    })
  })
}
