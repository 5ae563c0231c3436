import { executionAsyncResource } from "node:async_hooks"

/** An object that `process.nextTick` has created. */
let kept: object | undefined

/**
 * Keeps `process.nextTick` fast, which a request calls about seven times. V8 drops the hidden class of
 * the objects that `nextTick` creates if a garbage collection finds no such object alive, and then
 * creates them more slowly for the rest of the process. One object that stays alive prevents this.
 *
 * @see docs/decisions/0024-garbage.md
 */
export function keepHiddenClass(): void {
  if (kept === undefined) process.nextTick(() => (kept = executionAsyncResource()))
}
