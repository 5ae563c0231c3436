import { longestTimerMs } from "./timer.js"

/**
 * Waits.
 *
 * @param ms how long, in milliseconds
 * @param signal an abort ends the wait at once, and the promise rejects with the signal's reason
 */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let leftMs = ms
  for (; leftMs > longestTimerMs; leftMs -= longestTimerMs) await wait(longestTimerMs, signal)
  await wait(leftMs, signal)
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const end = () => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end)
      resolve()
    }, ms)
    signal?.addEventListener("abort", end, { once: true })
  })
}
