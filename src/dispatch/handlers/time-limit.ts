import { Timer } from "../../ground/timer.js"
import type { UpdateRun } from "./update-run.js"

/** How long the lane of an update stays closed after its time, in milliseconds. */
const lingerMs = 5_000

/**
 * Runs the handlers of an update. After `timeoutMs` tells them to end, and the error handlers that
 * they had not. Resolves when all has ended, or 5 seconds after the time is over.
 */
export async function runWithin(timeoutMs: number, run: UpdateRun): Promise<void> {
  const ended = run.run()
  if (await within(timeoutMs, ended)) return
  await within(lingerMs, Promise.all([ended, run.expire(timeoutMs)]))
}

/** Waits for the end, but not longer than that; answers whether it has come. */
function within(ms: number, end: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = new Timer(() => resolve(false), ms)
    void end.then(() => {
      timer.stop()
      resolve(true)
    })
  })
}
