import { Timer } from "../ground/timer.js"

/** What a promise comes to; `undefined` where it takes longer, whatever it then comes to. */
export async function settledWithin<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  // It may reject when nobody waits for it any more.
  promise.catch(() => {})
  let timer: Timer | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = new Timer(() => resolve(undefined), ms, { keepsAlive: false })
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timer?.stop()
  }
}
