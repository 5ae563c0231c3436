import { Timer } from "./timer.js"

/**
 * Settles as a promise does; resolves with `undefined` if the promise has not settled within `ms`
 * milliseconds.
 */
export async function settledWithin<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  // The promise may reject after the timeout, when no code awaits it.
  promise.catch(() => {})
  let timer: Timer | undefined
  const timeout = new Promise<undefined>((resolve) => {
    timer = new Timer(() => resolve(undefined), ms, { keepsAlive: false })
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    timer?.stop()
  }
}
