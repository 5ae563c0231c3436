import { executionAsyncResource } from "node:async_hooks"

/** One of the objects that `process.nextTick` makes. */
let kept: object | undefined

/**
 * Keeps `process.nextTick` fast, of which a request needs about seven. V8 forgets the shape of the
 * objects that it makes when none is alive at a garbage collection, and makes them more slowly from
 * then on, for as long as the process runs. One that stays alive prevents that.
 *
 * @see docs/decisions/0024-garbage.md
 */
export function keepHiddenClass(): void {
  if (kept === undefined) process.nextTick(() => (kept = executionAsyncResource()))
}
