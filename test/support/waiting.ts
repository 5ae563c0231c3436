import { setTimeout as sleep } from "node:timers/promises"

/** A promise that is settled from outside. */
export interface Deferred {
  readonly promise: Promise<void>
  resolve(): void
}

/** A promise that is settled from outside. */
export function deferred(): Deferred {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve: () => resolve() }
}

/** Asks until it is so, for what no event tells; rejects after `withinMs`. */
export async function untilTrue(
  condition: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const end = Date.now() + withinMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not so within ${withinMs} ms: ${condition.toString()}`)
    await sleep(10)
  }
}
