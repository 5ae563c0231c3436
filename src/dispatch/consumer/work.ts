import type { StateWrite } from "../../queue/state-store.js"
import type { Interrupted } from "../context/interrupted.js"
import type { OutsideWrite } from "../context/outside-write.js"
import type { Failure } from "../handlers/failure-rule.js"

/** The outcome of a handling, valid once the handling has ended, and its abort. */
export interface WorkRun {
  /** Whether an abort ended a handler before it was done, so that the update is handed back. */
  readonly isHandedBack: boolean
  /** The consequence of a handler's failure; `undefined` if no handler failed. */
  readonly failure: Failure | undefined
  /** The value that the handler threw; `undefined` if no handler failed. */
  readonly thrown: unknown
  /** The writes to commit with the end of the update. Default: none. */
  readonly writes?: readonly StateWrite[] | undefined
  /** The writes to make in other stores before {@link writes} are committed. Default: none. */
  readonly outsideWrites?: readonly OutsideWrite[] | undefined
  /** The file and line that registered the handler; present in development only. */
  readonly line?: string | undefined
  /** Fails the handling after its end, because its writes could not be committed. Never rejects. */
  fail?(error: unknown): Promise<void>
  /** Aborts `ctx.signal` of the handlers. */
  abort(reason: Error): void
  /**
   * Aborts `ctx.signal` of the handlers, whose update is then done. Returns whether the handlers are interrupted.
   * Absent if no handler runs.
   */
  interrupt?(reason: Interrupted): boolean
  /** Returns whether a handler streams this draft; `undefined` if no handler streams any. */
  streams?(draft: string): boolean | undefined
}

/** The handling of one delivery, from its start. */
export interface Work {
  /** Resolves when the handling has ended; `undefined` if it has ended already. Never rejects. */
  readonly ended: Promise<void> | undefined
  readonly run: WorkRun
}

/** Returns whether the update counts as handled, so that its delivery is done. */
export function isHandled({ isHandedBack, failure }: WorkRun): boolean {
  return !isHandedBack && (failure?.next ?? "done") === "done"
}

/**
 * Returns the ended handling of a delivery that reaches no handler. Without `failure`, the update counts as
 * done.
 */
export function workWithoutHandlers(failure?: Failure, thrown?: unknown): Work {
  return { ended: undefined, run: { isHandedBack: false, failure, thrown, abort() {} } }
}
