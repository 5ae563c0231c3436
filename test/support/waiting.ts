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
 * Waits until a condition holds that no event tells of, and rejects after `withinMs`. The default
 * tells only a program that stands still from one that goes on: a busy machine is ten times slower.
 */
export async function untilTrue(
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`Not so within ${withinMs} ms: ${condition.toString()}`)
    await sleep(10)
  }
}
