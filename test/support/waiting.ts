import { setTimeout as sleep } from "node:timers/promises"

/** A promise with its resolving functions. */
export interface Deferred {
  readonly promise: Promise<void>
  resolve(): void
}

/** Returns a promise with its resolving functions. */
export function deferred(): Deferred {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve: () => resolve() }
}

/** Returns whether a promise has settled by now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let hasSettled = false
  const settle = () => (hasSettled = true)
  promise.then(settle, settle)
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  return hasSettled
}

/**
 * Waits for a condition of which no event tells. Rejects after `withinMs`. The default is long enough for a busy
 * machine, which may be ten times slower.
 */
export async function untilTrue(
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`The condition does not hold within ${withinMs} ms: ${condition.toString()}`)
    await sleep(10)
  }
}
