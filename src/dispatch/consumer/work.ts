import type { Failure } from "../handlers/failure-rule.js"

/** The outcome of a handling, and the way to end it early. */
export interface WorkRun {
  /** Whether the handling was ended early, with its work undone. */
  readonly isInterrupted: boolean
  /** The consequence of a handler's failure; `undefined` where none has failed. */
  readonly failure: Failure | undefined
  /** The value that the handler threw. */
  readonly thrown: unknown
  /** Aborts the handlers. */
  abort(reason: Error): void
}

/** The handling of one delivery. */
export interface Work {
  /** Resolves, and never rejects, when the handling has ended. */
  readonly ended: Promise<void>
  readonly run: WorkRun
}

const ended = Promise.resolve()

/** The handling of a delivery that no handler is given: it is done, or fails with an error. */
export function noWork(failure?: Failure, thrown?: unknown): Work {
  return { ended, run: { isInterrupted: false, failure, thrown, abort() {} } }
}
