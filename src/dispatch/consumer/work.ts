import type { Failure } from "../handlers/failure-rule.js"

/** The handling of one delivery. */
export interface Work {
  /** Resolves, and never rejects, when the handling has ended. */
  readonly ended: Promise<void>
  readonly run: {
    /** Whether it ended with its work undone. */
    readonly isInterrupted: boolean
    /** What follows where a handler has failed. */
    readonly failure: Failure | undefined
    /** What that handler threw. */
    readonly thrown: unknown
    /** Tells the handlers to end. */
    abort(reason: Error): void
  }
}

const ended = Promise.resolve()

/** What is not given to any handler: it is done, or fails with an error. */
export function noWork(failure?: Failure, thrown?: unknown): Work {
  return { ended, run: { isInterrupted: false, failure, thrown, abort() {} } }
}
