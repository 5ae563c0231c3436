import type { Failure } from "../handlers/failure-rule.js"

/** The outcome of a handling, valid once the handling has ended, and its abort. */
export interface WorkRun {
  /** Whether an abort ended a handler before it was done. The update is handed back. */
  readonly isInterrupted: boolean
  /** The consequence of a handler's failure; `undefined` if no handler failed. */
  readonly failure: Failure | undefined
  /** The value that the handler threw; `undefined` if no handler failed. */
  readonly thrown: unknown
  /** The file and line that registered the handler; present in development only. */
  readonly line?: string | undefined
  /** Aborts `ctx.signal` of the handlers. */
  abort(reason: Error): void
}

/** The handling of one delivery, from its start. */
export interface Work {
  /** Resolves when the handling has ended. Never rejects. */
  readonly ended: Promise<void>
  readonly run: WorkRun
}

const ended = Promise.resolve()

/**
 * Returns the ended handling of a delivery that reaches no handler. Without `failure`, the update counts as
 * done.
 */
export function workWithoutHandlers(failure?: Failure, thrown?: unknown): Work {
  return { ended, run: { isInterrupted: false, failure, thrown, abort() {} } }
}
