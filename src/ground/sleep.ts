import { offAbort, onAbort } from "./abort-listeners.js"
import { Timer } from "./timer.js"

/**
 * Resolves after a time.
 *
 * @param ms the time in milliseconds; it may be longer than the longest timer of the runtime
 * @param signal an abort ends the wait at once, and the promise rejects with the signal's reason
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const rejectAtAbort = () => {
      timer.stop()
      reject(signal?.reason as Error)
    }
    const timer = new Timer(() => {
      if (signal) offAbort(signal, rejectAtAbort)
      resolve()
    }, ms)
    if (signal) onAbort(signal, rejectAtAbort)
  })
}
